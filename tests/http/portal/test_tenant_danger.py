"""The moves of a tenant's life, as operators make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus, Provisioning
from chalicelib.domain.tenant import Tenant
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, an_active_tenant
from tests.http.portal.portal import Browser, Portal, location, text_of

DANGER = "/operator/tenants/acme/danger"
LATER = datetime.now(UTC) + timedelta(days=20)


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


def a_stored(portal: Portal, **given: object) -> Tenant:
    tenant = an_active_tenant(**given)
    Tenants(portal.api.mongo).add(tenant)
    return tenant


def lifecycle(portal: Portal) -> str:
    return portal.api.document("tenants", slug="acme").get("lifecycle", "active")


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({}, {"Suspend", "Terminate"}),
        ({"activated_at": None}, {"Suspend", "Terminate"}),
        ({"lifecycle": "suspended", "suspended_reason": "unpaid"}, {"Resume", "Terminate"}),
        ({"lifecycle": "terminated", "terminated_at": NOON, "purge_after": LATER}, {"Restore"}),
        ({"lifecycle": "terminated", "terminated_at": NOON, "purge_after": NOON}, set()),
        ({"lifecycle": "terminated", "purge_after": NOON, "purging_since": NOON, "purged_at": NOON}, set()),
    ],
    ids=["active", "pending", "suspended", "terminated", "retention over", "purged"],
)
def test_only_the_moves_that_its_state_allows_are_offered(portal, browser, given, offered):
    a_stored(portal, **given)

    page = browser.get("/tenants/acme/danger").text

    moves = ("Suspend", "Resume", "Terminate", "Restore")
    assert {each for each in moves if f"{each} tenant</a>" in page} == offered
    assert {each for each in moves if f"{each} tenant</button>" in page} == offered


def test_suspended_with_a_reason_and_resumed(portal, browser):
    a_stored(portal)

    suspended = browser.post("/tenants/acme/suspend", {"reason": "Three invoices are unpaid"})
    during, page = lifecycle(portal), text_of(browser.get("/tenants/acme/danger"))
    resumed = browser.post("/tenants/acme/resume")

    assert location(suspended) == f"{DANGER}?done=tenant-suspended"
    assert "Three invoices are unpaid" in page
    assert location(resumed) == f"{DANGER}?done=tenant-resumed"
    assert (during, lifecycle(portal)) == ("suspended", "active")


def test_a_suspension_without_a_reason_is_asked_for_one(portal, browser):
    a_stored(portal)

    answer = browser.post("/tenants/acme/suspend", {"reason": " ", "dialog": "suspend"})

    assert answer.status_code == 422
    assert 'id="suspend-reason-error"' in answer.text
    assert lifecycle(portal) == "active"


@pytest.mark.parametrize("confirm", ["", "ACME", "acm", "other"])
def test_a_termination_that_is_not_confirmed_does_nothing(portal, browser, confirm):
    a_stored(portal)

    answer = browser.post("/tenants/acme/terminate", {"confirm": confirm, "dialog": "terminate"})

    assert answer.status_code == 422
    assert "Type acme exactly" in text_of(answer)
    assert lifecycle(portal) == "active"


def test_terminated_with_its_name_and_restored(portal, browser):
    a_stored(portal)

    terminated = browser.post("/tenants/acme/terminate", {"confirm": "acme"})
    during, page = lifecycle(portal), text_of(browser.get("/tenants/acme/danger"))
    restored = browser.post("/tenants/acme/restore")

    assert location(terminated) == f"{DANGER}?done=tenant-terminated"
    assert "Everything is still there; it is deleted in 29 days" in page
    assert location(restored) == f"{DANGER}?done=tenant-restored"
    assert (during, lifecycle(portal)) == ("terminated", "active")


@pytest.mark.parametrize("move", ["resume", "restore"])
def test_a_move_that_its_state_does_not_allow_is_refused_on_the_page(portal, browser, move):
    a_stored(portal)

    answer = browser.post(f"/tenants/acme/{move}", {"dialog": move})

    assert answer.status_code == 409
    assert f"cannot {move} now" in text_of(answer)


def test_a_restore_whose_domain_is_taken_meanwhile_is_refused_in_its_dialog(portal, browser):
    a_stored(portal, lifecycle="terminated", terminated_at=NOON, purge_after=LATER)
    Tenants(portal.api.mongo).add(an_active_tenant(slug="other"))

    answer = browser.post("/tenants/acme/restore", {"dialog": "restore"})

    assert answer.status_code == 409
    assert "A domain of this list is not available" in text_of(answer)
    assert 'aria-labelledby="restore-title" open' in answer.text


def test_a_deleted_tenant_shows_the_proof(portal, browser):
    gone = IntegrationStatus(state="removed", last_success_at=NOON)
    a_stored(
        portal,
        lifecycle="terminated",
        terminated_at=NOON,
        purge_after=NOON,
        purging_since=NOON,
        purged_at=NOON,
        provisioning=Provisioning(**dict.fromkeys(INTEGRATIONS, gone)),
    )

    text = text_of(browser.get("/tenants/acme/danger"))

    assert "Receipt of deletion" in text
    assert "authentik nothing was there" in text
    assert "platform 0 memberships, 0 tickets not yet" in text
