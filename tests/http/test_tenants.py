"""Tenants over HTTP: their life, who sees and changes them, and what the documents hold."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import a_partner, a_tenant, an_active_tenant

ACME = {"slug": "acme", "name": "Acme Inc.", "domains": ["acme.test"]}
PENDING = {"authentik": "pending", "stalwart": "pending", "ocis": "pending"}


@pytest.fixture
def operator(api):
    return api.operator()


def stored(api, *tenants):
    for each in tenants:
        Tenants(api.mongo).add(each)
    return tenants[0]


def test_a_new_tenant_is_pending_and_every_queue_gets_a_hint(api, operator):
    answer = api.post("/tenants", operator, ACME)

    assert (answer.status_code, answer.headers["Location"]) == (201, "/tenants/acme")
    assert (answer.json()["status"], answer.json()["provisioningStatus"]) == ("pending", PENDING)
    assert [hint[0] for hint in api.queue.hints] == ["authentik", "stalwart", "ocis"]


def test_creating_takes_less_than_300_ms(api, operator):
    api.get("/me", operator)  # the first request of a container connects to the database

    began = time.perf_counter()
    api.post("/tenants", operator, ACME)

    assert time.perf_counter() - began < 0.3


def test_a_customer_becomes_the_owner_of_what_they_create(api):
    customer = api.customer()

    assert api.post("/tenants", customer, ACME).status_code == 201

    memberships = api.get("/me", customer).json()["memberships"]
    assert [(each["role"], each["tenant"]["slug"]) for each in memberships] == [("owner", "acme")]


@pytest.mark.parametrize(
    "field", [{"plan": "enterprise"}, {"partnerId": "0" * 32}, {"owner": {"email": "a@b.test"}}]
)
def test_a_customer_cannot_choose_what_operators_choose(api, field):
    answer = api.post("/tenants", api.customer(), ACME | field)

    assert (answer.status_code, answer.json()["code"]) == (403, "operator-scope-required")
    assert api.documents("tenants") == []


def test_an_operator_names_the_owner_who_is_invited(api, operator):
    owner = {"email": "Owner@Acme.test", "name": "Olga Owner"}

    api.post("/tenants", operator, ACME | {"owner": owner})

    members = api.get("/tenants/acme/users", operator).json()["items"]
    assert [(m["email"], m["role"], m["invited"]) for m in members] == [("owner@acme.test", "owner", True)]


def test_a_taken_slug_or_domain_is_a_conflict_and_leaves_nothing_behind(api, operator):
    api.post("/tenants", operator, ACME)

    same_slug = api.post("/tenants", operator, ACME | {"domains": ["other.test"]})
    same_domain = api.post(
        "/tenants", operator, {"slug": "rival", "name": "Rival", "domains": ["ACME.test."]}
    )

    assert (same_slug.status_code, same_slug.json()["code"]) == (409, "already-exists")
    assert (same_domain.status_code, same_domain.json()["code"]) == (409, "domain-taken")
    assert len(api.documents("tenants")) == len(api.documents("auditEvents")) == 1


def test_db_09_a_document_without_provisioning_fields_reads_as_pending(api, operator):
    api.mongo.collection("tenants").insert_one({"_id": "old", "slug": "old-one", "name": "Old One"})

    answer = api.get("/tenants/old-one", operator)

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["provisioningStatus"]) == ("pending", PENDING)


def test_db_09_a_document_of_an_older_shape_can_be_changed(api, operator):
    api.mongo.collection("tenants").insert_one(
        {"_id": "old", "slug": "old-one", "name": "Old One", "legacy": 1}
    )

    answer = api.patch("/tenants/old-one", operator, {"name": "New One"})

    assert (answer.status_code, answer.json()["generation"]) == (200, 2)
    assert api.document("tenants", _id="old")["legacy"] == 1


def test_no_internal_field_is_in_any_answer(api, operator):
    api.post("/tenants", operator, ACME)

    text = api.get("/tenants", operator).text + api.get("/tenants/acme", operator).text

    assert not [
        word for word in ("_id", "revision", "lease", "searchTerms", "dueAt", 'sort"') if word in text
    ]


def test_detaching_a_partner_removes_the_field_and_other_changes_leave_it(api, operator):
    partner = api.post("/partners", operator, {"slug": "nordic", "name": "Nordic", "domain": "nordic.test"})
    api.post("/tenants", operator, ACME | {"partnerId": partner.json()["id"]})

    api.patch("/tenants/acme", operator, {"name": "Acme Ltd"})
    assert api.document("tenants", slug="acme")["partnerId"] == partner.json()["id"]

    answer = api.patch("/tenants/acme", operator, {"partnerId": None})
    assert answer.json()["partnerId"] is None
    assert "partnerId" not in api.document("tenants", slug="acme")


@pytest.mark.parametrize("known", [False, True])
def test_a_partner_that_is_not_there_or_terminated_takes_no_tenants(api, operator, known):
    from chalicelib.repositories.partners import Partners

    partner = a_partner(status="terminated")
    if known:
        Partners(api.mongo).add(partner)

    answer = api.post("/tenants", operator, ACME | {"partnerId": partner.id})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "partnerId")


def test_every_accepted_change_raises_the_generation_and_is_audited(api, operator):
    api.post("/tenants", operator, ACME)

    answer = api.patch(
        "/tenants/acme", operator, {"plan": "business", "contact": {"name": "Ada", "email": "a@b.test"}}
    )

    event = api.document("auditEvents", action="tenant.change")
    assert (answer.json()["generation"], answer.headers["ETag"]) == (2, '"2"')
    assert event["changes"]["plan"] == {"before": "starter", "after": "business"}
    assert event["actor"]["subject"] == "op-1"


def test_a_stale_if_match_changes_nothing(api, operator):
    api.post("/tenants", operator, ACME)
    api.patch("/tenants/acme", operator, {"name": "Acme 2"}, headers={"If-Match": '"1"'})

    for tag in ('"1"', "*", "1", '"x"', '"' + "9" * 5000 + '"'):
        assert (
            api.patch("/tenants/acme", operator, {"name": "No"}, headers={"If-Match": tag}).status_code == 412
        )
    assert api.get("/tenants/acme", operator).json()["name"] == "Acme 2"


def test_the_moves_of_a_tenant(api, operator):
    api.post("/tenants", operator, ACME)

    def move(name, **given):
        answer = api.call("DELETE" if name == "" else "POST", f"/tenants/acme{name}", operator, **given)
        return answer.status_code, answer.json().get("status")

    assert move("/resume") == (409, 409)
    assert move("/suspend", json={}) == (422, 422)
    assert move("/suspend", json={"reason": "unpaid"}) == (200, "suspended")
    assert move("/suspend", json={"reason": "again"}) == (409, 409)
    assert move("/resume") == (200, "pending")
    assert move("") == (200, "terminated")
    assert move("") == (409, 409)
    assert api.patch("/tenants/acme", operator, {"name": "No"}).status_code == 409
    assert move("/restore") == (200, "pending")
    assert move("/restore") == (409, 409)


def test_a_tenant_that_was_suspended_before_its_termination_is_restored_suspended(api, operator):
    api.post("/tenants", operator, ACME)
    api.post("/tenants/acme/suspend", operator, {"reason": "unpaid"})
    api.delete("/tenants/acme", operator)

    assert api.post("/tenants/acme/restore", operator).json()["status"] == "suspended"


def test_the_domains_of_a_terminated_tenant_are_free_and_a_restore_needs_them_back(api, operator):
    api.post("/tenants", operator, ACME)
    api.delete("/tenants/acme", operator)

    assert api.post("/tenants", operator, ACME | {"slug": "heir"}).status_code == 201
    assert api.post("/tenants/acme/restore", operator).json()["code"] == "domain-taken"


def test_reconcile_answers_a_run_for_each_integration_asked_for(api, operator):
    stored(api, an_active_tenant())

    everything = api.post("/tenants/acme/reconcile", operator)
    one = api.post("/tenants/acme/reconcile?integration=ocis", operator)

    assert everything.status_code == one.status_code == 202
    assert [each["integration"] for each in everything.json()["runs"]] == ["authentik", "stalwart", "ocis"]
    assert [hint[0] for hint in api.queue.hints[3:]] == ["ocis"]
    assert api.post("/tenants/acme/reconcile?integration=jira", operator).status_code == 422


def test_a_reconcile_that_writes_in_between_does_not_disturb_a_change(api, operator):
    tenant = stored(api, a_tenant())
    api.mongo.collection("tenants").update_one({"_id": tenant.id}, {"$inc": {"revision": 3}})

    answer = api.patch("/tenants/acme", operator, {"name": "Acme 2"}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


@pytest.mark.parametrize("slug", ["..%2f..%2fetc", "ACME", "a", "acme%00", "%7B%22$ne%22:null%7D", "x" * 500])
def test_a_slug_that_cannot_be_one_is_not_looked_up(api, operator, slug):
    answer = api.get(f"/tenants/{slug}", operator)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_after_the_retention_period_a_terminated_tenant_is_purged_by_the_schedule(api, operator, monkeypatch):
    from chalicelib import wiring

    api.post("/tenants", operator, ACME | {"contact": {"name": "Ada", "email": "ada@acme.test"}})
    terminated = api.delete("/tenants/acme", operator).json()
    tenants = wiring.services().tenants
    too_early = tenants.purge_what_is_over()
    over = wiring.now() + timedelta(days=30, seconds=1)
    monkeypatch.setattr(tenants, "_clock", lambda: over)
    api.queue.hints.clear()

    begun, again = tenants.purge_what_is_over(), tenants.purge_what_is_over()

    assert (too_early, begun, again) == (0, 1, 0)
    assert terminated["purgeAfter"] > terminated["terminatedAt"]
    assert [hint[0] for hint in api.queue.hints] == ["authentik", "stalwart", "ocis"]
    assert "contact" not in api.document("tenants", slug="acme")
    assert api.document("auditEvents", action="tenant.purge")["actor"]["userId"] == "schedule"
    assert api.post("/tenants/acme/restore", operator).json()["code"] == "impossible-move"
