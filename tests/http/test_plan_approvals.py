"""A plan that removes more than a worker may do alone: an operator approves exactly that, on record."""

from __future__ import annotations

import pytest

from chalicelib.domain.steps import Step
from chalicelib.errors import NeedsPerson
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.fakes_reconcile import FakeConnector


class GuardedVendor(FakeConnector):
    """Removes what nobody wants, but more than five only by approval."""

    def diff(self, tenant, observed):
        strangers = [name for name in observed if name not in tenant.domains]
        if len(strangers) > 5 and not tenant.may_remove_many:
            raise NeedsPerson("mass-delete-guard", f"{len(strangers)} domains would be removed")
        return tuple(Step(action="remove", sentence=f"Remove {name}", target=name) for name in strangers)


@pytest.fixture
def acme(api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def guarded(vendors):
    vendors["ocis"] = GuardedVendor(*(f"d{number}.test" for number in range(6)))
    vendors["ocis"].integration = "ocis"
    return vendors["ocis"]


@pytest.fixture
def operator(api):
    return api.operator()


def plan(api, operator):
    return api.get("/tenants/acme/plan", operator).json()


def approve(api, who, digest, more=""):
    return api.post(f"/tenants/acme/reconcile?planDigest={digest}{more}", who)


def approval(api):
    return api.document("tenants", slug="acme")["provisioning"]["ocis"].get("approval")


def test_a_plan_shows_what_is_held_back_and_that_it_needs_approval(api, operator, acme, guarded):
    ocis = plan(api, operator)["integrations"][2]

    assert [step["sentence"] for step in ocis["steps"]] == [f"Remove d{number}.test" for number in range(6)]
    assert (ocis["needsApproval"], ocis["problem"]) == (True, None)
    assert approval(api) is None


def test_its_approval_is_on_record_and_in_the_database_not_only_in_the_message(api, operator, acme, guarded):
    before = api.document("tenants", slug="acme")
    digest = plan(api, operator)["digest"]

    answer = approve(api, operator, digest)

    assert answer.status_code == 202
    after = api.document("tenants", slug="acme")
    assert approval(api)["digest"] == api.queue.approved["ocis"] == digest.split(".")[3]
    assert approval(api)["by"] == operator.user.id
    assert (after["version"], after["generation"]) == (before["version"], before["generation"])
    event = api.document("auditEvents", action="tenant.plan.approve")
    assert (event["tenantId"], event["reason"]) == (acme.id, "ocis: 6 steps")
    assert [hint[2] for hint in api.queue.hints] == ["plan"] * 3  # none without its digest


def test_a_plan_within_the_guard_needs_none(api, operator, acme, guarded):
    guarded.held.pop()

    found = plan(api, operator)
    approve(api, operator, found["digest"])

    assert found["integrations"][2]["needsApproval"] is False
    assert approval(api) is None
    assert api.documents("auditEvents") == []


def test_only_the_integration_that_is_asked_for_is_approved(api, operator, acme, guarded):
    approve(api, operator, plan(api, operator)["digest"], "&integration=stalwart")

    assert approval(api) is None


def test_when_anything_moved_nothing_is_approved(api, operator, acme, guarded):
    digest = plan(api, operator)["digest"]
    guarded.held.append("d6.test")

    answer = approve(api, operator, digest)

    assert (answer.status_code, answer.json()["moved"]) == (409, ["ocis"])
    assert approval(api) is None
    assert api.queue.hints == api.documents("auditEvents") == []


def test_nobody_but_an_operator_approves(api, operator, acme, guarded):
    digest = plan(api, operator)["digest"]
    owner = api.customer(memberships=(a_membership(acme, "owner"),))

    assert approve(api, owner, digest).json()["code"] == "operator-scope-required"
    assert approve(api, api.support(), digest).json()["code"] == "tenant-not-found"
    assert approval(api) is None


def test_a_reconcile_that_writes_at_the_same_moment_costs_a_round_only(api, operator, acme, guarded):
    digest = plan(api, operator)["digest"]
    tenants = Tenants(api.mongo)

    def written_meanwhile():
        stored = tenants.get("acme")
        tenants.save(stored.with_(provisioning=stored.provisioning), stored)

    guarded.before["observe"] = written_meanwhile

    assert approve(api, operator, digest).status_code == 202
    assert approval(api)["digest"] == digest.split(".")[3]
