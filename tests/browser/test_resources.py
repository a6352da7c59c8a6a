"""Where a tenant stands: it refreshes by itself while something is under way, and no longer."""

from __future__ import annotations

from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from infra.local.waiting import until

SETTLED = 90  # seconds
script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])


@pytest.fixture
def ocis_faults(stack):
    address = f"{stack.ocis_url}/_faults"
    yield lambda **fault: requests.post(address, json=fault, timeout=20)
    requests.delete(address, timeout=20)


@pytest.fixture
def tenant(api):
    slug = f"r-{uuid4().hex[:8]}"

    def create():
        return api.post("/tenants", json={"slug": slug, "name": f"Tenant {slug}"}).json()["slug"]

    return create


def state_of(api, slug, integration):
    return api.get(f"/tenants/{slug}").json()["provisioningStatus"][integration]


def reconcile(page, integration):
    page.get_by_role("region", name=integration).get_by_role("button", name="Reconcile").click()
    dialog = page.get_by_role("dialog", name="Reconcile now")
    expect(dialog.get_by_label("Integration")).to_have_value(integration.lower())
    dialog.get_by_role("button", name="Reconcile").click()
    expect(page.get_by_role("status")).to_contain_text("Reconcile has started")


@script
def test_a_failure_is_told_in_plain_words_and_a_press_of_reconcile_heals_it(
    javascript, signed_in, ocis_faults, tenant, api, stack
):
    ocis_faults(fault="503")
    slug = tenant()
    assert until(lambda: state_of(api, slug, "ocis") == "retrying", SETTLED)
    page = signed_in(javascript=javascript)
    page.goto(f"/operator/tenants/{slug}/resources")
    ocis = page.get_by_role("region", name="oCIS")

    expect(ocis).to_contain_text("retrying")
    expect(ocis.locator(".alert")).to_be_visible()
    requests.delete(f"{stack.ocis_url}/_faults", timeout=20)
    reconcile(page, "oCIS")

    if not javascript:
        assert until(lambda: state_of(api, slug, "ocis") == "ok", SETTLED)
        page.get_by_role("link", name="Refresh").click()
    expect(ocis).to_contain_text("Everything is as it should be", timeout=SETTLED * 1000)
    assert api.get(f"/tenants/{slug}").json()["status"] == "active"


def test_the_page_asks_again_and_again_while_it_must_and_never_afterwards(
    signed_in, ocis_faults, tenant, api, stack
):
    ocis_faults(fault="503")
    slug = tenant()
    assert until(lambda: state_of(api, slug, "ocis") == "retrying", SETTLED)
    page, asked = signed_in(), []
    page.goto(f"/operator/tenants/{slug}/resources")
    page.on("request", lambda request: asked.append(request.url))

    page.wait_for_timeout(2_700)  # milliseconds: the pauses are 1, 1.5 and 2.25 s at least
    while_away = len(asked)
    requests.delete(f"{stack.ocis_url}/_faults", timeout=20)
    api.post(f"/tenants/{slug}/reconcile")
    expect(page.get_by_role("region", name="oCIS")).to_contain_text("ok", timeout=SETTLED * 1000)
    expect(page.locator("[data-busy]")).to_have_count(0, timeout=SETTLED * 1000)
    asked.clear()
    page.wait_for_timeout(2_500)

    assert 1 <= while_away <= 3
    assert asked == []


def test_the_plan_says_that_there_is_nothing_to_do(signed_in, tenant, api):
    slug = tenant()
    assert until(lambda: api.get(f"/tenants/{slug}").json()["status"] == "active", SETTLED)
    page = signed_in()
    page.goto(f"/operator/tenants/{slug}/resources")

    page.get_by_role("link", name="Show the plan").click()

    expect(page.get_by_role("region", name="What a reconcile would do now")).to_contain_text("othing")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
