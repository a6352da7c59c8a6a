"""Suspension and termination as they are felt: at the sign-in, in the mail system, in the files."""

import pytest
import requests

from infra.local.identity.sign_in import SignInFailedError, sign_in
from infra.local.settings import PASSWORD
from infra.local.waiting import until

OWNER, MEMBER = "owner@acme.test", "member@acme.test"


@pytest.fixture
def acme(signed_in):
    """The tenant, brought back to life after the test."""
    operator = signed_in()
    assert until(lambda: settled(operator), 20)
    yield operator
    for move in ("restore", "resume"):
        operator.post(f"/tenants/acme/{move}")
    assert until(lambda: settled(operator), 30)


def settled(operator):
    items = operator.get("/tenants/acme/integrations").json().values()
    return all(each["state"] == "ok" and each["observedGeneration"] == each["generation"] for each in items)


def may_sign_in(stack, address):
    try:
        sign_in(stack.identity_url, "dezky-portal", address, PASSWORD)
    except SignInFailedError:
        return False
    return True


def may(stack, address, action):
    answer = requests.post(
        f"{stack.stalwart_url}/_try", json={"account": address, "action": action}, timeout=20
    )
    return answer.json().get("allowed", False)


def test_suspension_stops_sign_in_and_sending_and_resume_lets_only_the_active_back(acme, stack):
    members = {each["email"]: each["id"] for each in acme.get("/tenants/acme/users").json()["items"]}
    patch = f"{stack.gateway_url}/tenants/acme/users/{members[MEMBER]}"
    acme.patch(patch, {"active": False})
    assert until(lambda: settled(acme), 20)

    acme.post("/tenants/acme/suspend", {"reason": "unpaid"})
    is_shut = until(lambda: settled(acme), 20) and not may_sign_in(stack, OWNER)
    sends, receives = may(stack, OWNER, "emailSend"), may(stack, OWNER, "emailReceive")
    acme.post("/tenants/acme/resume")
    is_open = until(lambda: settled(acme), 20) and may_sign_in(stack, OWNER)
    member_stays_out = not may_sign_in(stack, MEMBER)
    acme.patch(patch, {"active": True})

    assert is_shut
    assert (sends, receives) == (False, True)  # mail is kept for who pays late
    assert is_open
    assert may(stack, OWNER, "emailSend")
    assert member_stays_out
    assert until(lambda: settled(acme) and may_sign_in(stack, MEMBER), 20)


def test_a_terminated_tenant_receives_no_mail_and_a_restore_brings_everything_back(acme, stack):
    requests.delete(f"{stack.gateway_url}/tenants/acme", headers=acme.headers, timeout=20).raise_for_status()
    is_shut = until(lambda: settled(acme), 20) and not may_sign_in(stack, OWNER)
    receives = may(stack, OWNER, "emailReceive")

    acme.post("/tenants/acme/restore")

    assert is_shut
    assert not receives
    assert until(lambda: settled(acme), 20)
    assert may_sign_in(stack, OWNER)
    assert may(stack, OWNER, "emailReceive")


def test_a_plan_is_shown_and_applied_exactly_or_not_at_all(acme, stack):
    plan = acme.get("/tenants/acme/plan").json()
    assert [each["steps"] for each in plan["integrations"]] == [[], [], []]
    sabotage = {"deed": "remove-marker", "kind": "space", "name": "Acme Werke"}
    requests.post(f"{stack.ocis_url}/_sabotage", json=sabotage, timeout=20)

    answer = acme.post(f"/tenants/acme/reconcile?planDigest={plan['digest']}")

    assert (answer.status_code, answer.json()["moved"]) == (409, ["ocis"])
