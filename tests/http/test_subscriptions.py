"""Subscriptions over HTTP: who may see and agree to them, what they give, and where seats end."""

from __future__ import annotations

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, a_tenant

ACME = {"slug": "acme", "name": "Acme", "plan": "business", "owner": {"email": "owner@acme.test"}}
TERMS = {"plan": "business", "seats": 12, "discountPct": 10}


@pytest.fixture
def operator(api):
    return api.operator()


@pytest.fixture
def acme(api, operator):
    return api.post("/tenants", operator, ACME).json()


def member_of(api, tenant, role="member", subject="m-1"):
    return api.customer(subject, memberships=(a_membership(a_tenant(id=tenant["id"]), role),))


def subscription(api, by, slug="acme"):
    return api.get(f"/tenants/{slug}/subscription", by).json()


def put(api, by, wish, slug="acme", **given):
    return api.call("PUT", f"/tenants/{slug}/subscription", by, wish, **given)


def test_a_new_tenant_has_five_seats_of_its_plan_and_pays_for_them(api, operator, acme):
    found = subscription(api, operator)

    assert found | {"startedOn": "", "version": 1} == {
        "plan": "business",
        "seats": 5,
        "seatsUsed": 1,
        "interval": "month",
        "currency": "EUR",
        "unitPrice": 1200,
        "discountPct": 0.0,
        "amount": 6000,
        "mrr": {"currency": "EUR", "amount": 6000},
        "catalogue": 1,
        "status": "active",
        "startedOn": "",
        "trialEndsOn": None,
        "endedOn": None,
        "filesBytes": 100 * 2**30,
        "mailboxBytes": 50 * 2**30,
        "version": 1,
    }
    assert (acme["seats"], acme["mrr"]) == (5, {"currency": "EUR", "amount": 6000})


def test_a_customers_tenant_begins_with_a_trial_that_costs_nothing(api):
    customer = api.customer()
    api.post("/tenants", customer, {"slug": "nova", "name": "Nova"})

    found = subscription(api, customer, "nova")

    assert (found["status"], found["mrr"]["amount"], found["amount"]) == ("trial", 0, 3000)
    assert found["trialEndsOn"] > found["startedOn"]


def test_what_is_agreed_reaches_tenant_ledger_audit_and_queues_at_once(api, operator, acme):
    api.queue.hints.clear()

    answer = put(api, operator, TERMS)

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json()["mrr"] == {"currency": "EUR", "amount": 12_960}
    tenant = api.get("/tenants/acme", operator).json()
    assert (tenant["seats"], tenant["mrr"]["amount"], tenant["generation"]) == (12, 12_960, 2)
    event = api.document("auditEvents", action="subscription.change")
    assert event["changes"]["seats"] == {"before": 5, "after": 12}
    assert event["changes"]["discountBps"] == {"before": 0, "after": 1000}
    assert event["tenantId"] == acme["id"]
    assert {each[2] for each in api.queue.hints} == {"subscription.change"}
    newest, first = api.get("/tenants/acme/ledger", operator).json()["items"]
    assert (first["kind"], first["before"], newest["kind"]) == ("begin", None, "terms")
    assert (newest["before"]["mrr"], newest["after"]["mrr"]) == (6000, 12_960)


def test_the_same_terms_again_change_nothing(api, operator, acme):
    put(api, operator, TERMS)
    before = api.document("tenants", slug="acme")

    answer = put(api, operator, TERMS, headers={"If-Match": '"2"'})

    assert answer.headers["ETag"] == '"2"'
    assert api.document("tenants", slug="acme") == before
    assert len(api.documents("ledger")) == 2


def test_plan_of_tenant_and_subscription_are_one(api, operator, acme):
    api.patch("/tenants/acme", operator, {"plan": "enterprise"})
    of_patch = subscription(api, operator)
    put(api, operator, {"plan": "starter", "seats": 5})

    assert (of_patch["plan"], of_patch["unitPrice"]) == ("enterprise", 2200)
    assert api.get("/tenants/acme", operator).json()["plan"] == "starter"
    assert api.get("/tenants?plan=starter", operator).json()["items"][0]["slug"] == "acme"


def test_a_failure_in_the_middle_leaves_plan_price_and_ledger_as_they_were(api, operator, acme):
    api.mongo.collection("ledger").insert_one({"_id": f"{acme['id']}:000000002"})  # its place is taken

    answer = api.patch("/tenants/acme", operator, {"plan": "enterprise"})

    assert answer.json()["code"] == "concurrent-change"
    assert api.get("/tenants/acme", operator).json()["plan"] == "business"
    assert subscription(api, operator)["plan"] == "business"


def test_terminated_is_not_billed_and_restored_is_again(api, operator, acme):
    api.delete("/tenants/acme", operator)
    ended = subscription(api, operator)
    refused = put(api, operator, TERMS)
    api.post("/tenants/acme/restore", operator)

    assert (ended["status"], ended["mrr"]["amount"]) == ("ended", 0)
    assert ended["endedOn"] is not None
    assert refused.json()["code"] == "impossible-move"
    assert subscription(api, operator)["mrr"]["amount"] == 6000


def test_a_stale_version_is_refused(api, operator, acme):
    put(api, operator, TERMS)

    assert put(api, operator, TERMS | {"seats": 13}, headers={"If-Match": '"1"'}).status_code == 412
    assert subscription(api, operator)["seats"] == 12


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"seats": 0}, "seats"), ({"seats": 2.5}, "seats"), ({"seats": 100_001}, "seats"),
     ({"plan": "gold"}, "plan"), ({"currency": "GBP"}, "currency"),
     ({"discountPct": 100.5}, "discountPct"), ({"discountPct": 1.234}, "discountPct"),
     ({"unitPrice": 1}, "unitPrice"), ({"effectiveOn": "2026-02-30"}, "effectiveOn"),
     ({"effectiveOn": "2199-01-01"}, "effectiveOn"), ({"effectiveOn": "2001-01-01"}, "effectiveOn")],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused_by_name(api, operator, acme, wrong, field):
    answer = put(api, operator, TERMS | wrong)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert len(api.documents("ledger")) == 1


def test_members_read_and_only_operators_agree(api, operator, acme):
    owner, stranger = member_of(api, acme, "owner"), api.customer("stranger")

    assert subscription(api, owner)["plan"] == "business"
    assert put(api, owner, TERMS).json()["code"] == "operator-scope-required"
    assert put(api, api.support(), TERMS).json()["code"] == "operator-rights-required"
    assert api.get("/tenants/acme/ledger", owner).json()["code"] == "operator-scope-required"
    assert api.get("/tenants/acme/subscription", stranger).json()["code"] == "tenant-not-found"
    assert api.get("/tenants/acme/subscription").status_code == 401
    assert len(api.documents("ledger")) == 1


def test_seats_end_where_the_subscription_ends(api, operator, acme):
    put(api, operator, TERMS | {"seats": 2})
    first = api.post("/tenants/acme/users", operator, {"email": "one@acme.test"})

    second = api.post("/tenants/acme/users", operator, {"email": "two@acme.test"})

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "no-seat-left"
    assert subscription(api, operator)["seatsUsed"] == 2
    assert len(api.documents("users")) == 3  # with the operator: nobody was added


def test_who_is_inactive_takes_no_seat_and_needs_one_to_come_back(api, operator, acme):
    put(api, operator, TERMS | {"seats": 2})
    one = api.post("/tenants/acme/users", operator, {"email": "one@acme.test"}).json()["id"]
    api.patch(f"/tenants/acme/users/{one}", operator, {"active": False})
    two = api.post("/tenants/acme/users", operator, {"email": "two@acme.test"})

    back = api.patch(f"/tenants/acme/users/{one}", operator, {"active": True})
    other = api.patch(f"/tenants/acme/users/{two.json()['id']}", operator, {"role": "admin"})

    assert (two.status_code, back.json()["code"], other.status_code) == (201, "no-seat-left", 200)


def test_fewer_seats_than_people_are_refused(api, operator, acme):
    api.post("/tenants/acme/users", operator, {"email": "one@acme.test"})

    answer = put(api, operator, TERMS | {"seats": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "seats-in-use")
    assert subscription(api, operator)["seats"] == 5


def test_a_tenant_from_before_subscriptions_is_read_and_can_begin_one(api, operator):
    old = a_tenant(slug="old", plan="enterprise")
    Tenants(api.mongo).add(old)
    member = api.customer(memberships=(a_membership(old, "owner"),))

    before = api.get("/tenants/old/subscription", member)
    of_me = api.get("/me", member).json()["memberships"][0]["subscription"]
    refused = put(api, operator, TERMS, slug="old", headers={"If-Match": '"1"'})
    begun = put(api, operator, TERMS, slug="old", headers={"If-Match": '"0"'})

    assert (before.json()["status"], before.json()["plan"], before.headers["ETag"]) == (
        "none",
        "enterprise",
        '"0"',
    )
    assert (of_me["status"], of_me["mrr"]) == ("none", None)
    assert (refused.status_code, begun.status_code) == (412, 200)
    assert begun.json()["mrr"]["amount"] == 12_960


def test_me_tells_the_subscription_of_each_tenant(api, operator, acme):
    put(api, operator, TERMS)

    (mine,) = api.get("/me", member_of(api, acme)).json()["memberships"]

    shown = subscription(api, operator)
    shown.pop("seatsUsed")
    assert mine["subscription"] == shown


def test_the_catalogue_tells_every_price_of_every_version(api):
    found = api.get("/catalogue", api.customer()).json()

    first = found["versions"][0]
    assert [each["version"] for each in found["versions"]] == [1, 2]
    assert found["today"] in {1, 2}
    assert [each["plan"] for each in first["plans"]] == ["starter", "business", "enterprise"]
    assert {(each["currency"], each["interval"]) for each in first["plans"][0]["prices"]} == {
        (currency, interval) for currency in ("DKK", "EUR", "USD") for interval in ("month", "year")
    }
