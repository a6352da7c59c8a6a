"""Plan, approve, apply: exactly what was approved is asked for, or nothing and what moved."""

from __future__ import annotations

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.errors import TryLater
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, a_tenant


@pytest.fixture
def acme(api):
    tenant = a_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def operator(api):
    return api.operator()


def test_a_plan_says_in_sentences_what_would_be_done_and_writes_nothing(api, operator, acme, vendors):
    before = api.documents("tenants")

    plan = api.get("/tenants/acme/plan", operator).json()

    assert [each["steps"] for each in plan["integrations"]] == [
        [{"sentence": "Add acme.test", "risk": "safe"}]
    ] * 3
    assert plan["generation"] == 1
    assert api.documents("tenants") == before
    assert api.queue.hints == api.documents("auditEvents") == []
    assert all(each.calls == ["observe"] for each in vendors.values())


def test_what_was_approved_is_asked_for_with_the_digest_of_each_part(api, operator, acme, vendors):
    digest = api.get("/tenants/acme/plan", operator).json()["digest"]

    answer = api.post(f"/tenants/acme/reconcile?planDigest={digest}", operator)

    assert answer.status_code == 202
    assert [hint[0] for hint in api.queue.hints] == list(INTEGRATIONS)
    assert digest == ".".join(["g1", *(api.queue.approved[each] for each in INTEGRATIONS)])


def test_when_the_far_side_moved_nothing_is_asked_for_and_the_answer_says_what(api, operator, acme, vendors):
    digest = api.get("/tenants/acme/plan", operator).json()["digest"]
    vendors["ocis"].held.append("acme.test")

    answer = api.post(f"/tenants/acme/reconcile?planDigest={digest}", operator)

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["moved"]) == (409, "plan-moved", ["ocis"])
    assert problem["plan"]["steps"] == {
        "authentik": ["Add acme.test"],
        "stalwart": ["Add acme.test"],
        "ocis": [],
    }
    assert problem["plan"]["digest"] == api.get("/tenants/acme/plan", operator).json()["digest"] != digest
    assert api.queue.hints == []


def test_when_the_wish_changed_nothing_is_asked_for(api, operator, acme, vendors):
    digest = api.get("/tenants/acme/plan", operator).json()["digest"]
    api.patch("/tenants/acme", operator, {"name": "Acme 2"})
    api.queue.hints.clear()

    answer = api.post(f"/tenants/acme/reconcile?planDigest={digest}", operator)

    assert answer.json()["moved"] == ["generation", "authentik", "stalwart", "ocis"]
    assert api.queue.hints == []


def test_an_integration_that_cannot_be_seen_cannot_be_approved(api, operator, acme, vendors):
    vendors["stalwart"].fail_with(TryLater("no-answer", "Stalwart did not answer in time"))

    plan = api.get("/tenants/acme/plan", operator).json()
    answer = api.post(f"/tenants/acme/reconcile?planDigest={plan['digest']}", operator)

    assert plan["integrations"][1]["problem"]["code"] == "no-answer"
    assert (answer.status_code, answer.json()["moved"]) == (409, ["stalwart"])


def test_only_operators_see_and_approve_plans(api, acme, vendors):
    admin = api.customer(memberships=(a_membership(acme, "admin"),))

    seen = api.get("/tenants/acme/plan", admin)
    approved = api.post("/tenants/acme/reconcile?planDigest=g1.a.b.c", admin)
    asked = api.post("/tenants/acme/reconcile", admin)

    assert (seen.status_code, approved.json()["code"]) == (403, "operator-scope-required")
    assert asked.status_code == 202


@pytest.mark.parametrize("digest", ["", "x" * 101])
def test_a_digest_that_cannot_be_one_is_unprocessable(api, operator, acme, vendors, digest):
    assert api.post("/tenants/acme/reconcile", operator, params={"planDigest": digest}).status_code == 422
