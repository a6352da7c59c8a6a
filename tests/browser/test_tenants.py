"""A tenant's life in the portal: created, watched, searched, suspended, resumed, terminated."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from infra.local.identity.sign_in import SignInFailedError
from infra.local.identity.sign_in import sign_in as token_of
from infra.local.settings import PASSWORD
from infra.local.waiting import until

script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
SETTLED = 90  # seconds: whoever loses a race for the document waits for the next message


@pytest.fixture
def name():
    """A slug that no other test has."""
    return f"t-{uuid4().hex[:8]}"


@pytest.fixture
def tenant(api, name):
    body = {"slug": name, "name": f"Tenant {name}", "domains": [f"{name}.example"], "plan": "business"}
    created = api.post("/tenants", json=body).json()
    assert until(lambda: is_settled(api, name), SETTLED)
    return created


def is_settled(api, slug):
    states = api.get(f"/tenants/{slug}/integrations").json().values()
    return all(each["state"] == "ok" and each["observedGeneration"] == each["generation"] for each in states)


def status(api, slug):
    return api.get(f"/tenants/{slug}").json()["status"]


def may_sign_in(stack, person):
    try:
        token_of(stack.identity_url, "dezky-portal", person, PASSWORD)
    except SignInFailedError:
        return False
    return True


def create(page, name):
    page.goto("/operator/tenants")
    page.get_by_role("button", name="New tenant").click()
    dialog = page.get_by_role("dialog", name="New tenant")
    dialog.get_by_label("Name").fill(f"Tenant {name}")
    dialog.get_by_label("Slug").fill(name)
    dialog.get_by_label("Plan").select_option("business")
    dialog.get_by_label("Domains").fill(f"{name}.example\n{name}.test")
    dialog.get_by_role("button", name="Create tenant").click()
    expect(page.get_by_role("heading", name=f"Tenant {name}", level=1)).to_be_visible()


def test_a_new_tenant_becomes_active_before_ones_eyes_without_a_reload(signed_in, name, api):
    page = signed_in()
    create(page, name)
    page.goto(f"/operator/tenants/{name}/resources")
    page.evaluate("window.neverReloaded = true")

    for integration in ("authentik", "stalwart", "ocis"):
        row = (
            page.get_by_role("row", name=integration).or_(page.get_by_role("region", name=integration)).first
        )
        expect(row).to_contain_text("ok", timeout=SETTLED * 1000)

    assert page.evaluate("window.neverReloaded")
    assert status(api, name) == "active"
    assert api.get(f"/tenants/{name}").json()["domains"] == [f"{name}.example", f"{name}.test"]


def test_without_script_a_reload_shows_how_far_it_is(signed_in, name, api):
    page = signed_in(javascript=False)
    create(page, name)
    assert until(lambda: is_settled(api, name), SETTLED)

    page.goto(f"/operator/tenants/{name}")

    expect(page.get_by_role("main")).to_contain_text("active")


@script
def test_search_finds_by_slug_name_and_domain_and_chips_narrow_with_live_counts(
    javascript, signed_in, tenant, api
):
    page = signed_in(javascript=javascript)
    for words in (tenant["slug"], tenant["name"], f"{tenant['slug']}.example"):
        page.goto("/operator/tenants")
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("searchbox").press("Enter")
        expect(page.get_by_role("rowheader")).to_have_count(1)
        expect(page.get_by_role("rowheader")).to_contain_text(tenant["slug"])
    chips = page.get_by_role("navigation", name="Status")
    expect(chips.get_by_role("link", name=re.compile("active"))).to_contain_text("1")

    chips.get_by_role("link", name=re.compile("suspended")).click()

    expect(page.get_by_text("No tenant is like that")).to_be_visible()
    expect(chips.get_by_role("link", name=re.compile("suspended"))).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("searchbox")).to_have_value(f"{tenant['slug']}.example")  # the search stays


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_suspended_resumed_and_terminated_with_real_effects(javascript, signed_in, stack, tenant, api):
    slug = tenant["slug"]
    page = signed_in(javascript=javascript)

    page.goto(f"/operator/tenants/{slug}/danger")
    page.get_by_role("button", name="Suspend").click()
    dialog = page.get_by_role("dialog", name=re.compile("Suspend"))
    dialog.get_by_label("Reason").fill("Three invoices are unpaid")
    confirm_if_asked(dialog, slug)
    dialog.get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("status")).to_contain_text("suspended")
    suspended = status(api, slug)

    page.goto(f"/operator/tenants/{slug}/danger")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog", name=re.compile("Resume")).get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status")).to_contain_text("resumed")
    resumed = status(api, slug)

    page.goto(f"/operator/tenants/{slug}/danger")
    page.get_by_role("button", name="Terminate").click()
    dialog = page.get_by_role("dialog", name=re.compile("Terminate"))
    dialog.get_by_label("to confirm").fill(slug)
    dialog.get_by_role("button", name="Terminate").click()
    expect(page.get_by_role("status")).to_contain_text("terminated")

    assert (suspended, resumed, status(api, slug)) == ("suspended", "active", "terminated")


def confirm_if_asked(dialog, slug):
    if dialog.get_by_label("to confirm").count():
        dialog.get_by_label("to confirm").fill(slug)


def test_a_suspension_shuts_the_people_out_at_the_provider(signed_in, stack, api):
    page = signed_in()
    assert until(lambda: is_settled(api, "acme") and may_sign_in(stack, "owner@acme.test"), SETTLED)

    page.goto("/operator/tenants/acme/danger")
    page.get_by_role("button", name="Suspend").click()
    dialog = page.get_by_role("dialog", name=re.compile("Suspend"))
    dialog.get_by_label("Reason").fill("unpaid")
    confirm_if_asked(dialog, "acme")
    dialog.get_by_role("button", name="Suspend").click()
    is_shut = until(lambda: is_settled(api, "acme"), SETTLED) and not may_sign_in(stack, "owner@acme.test")
    page.goto("/operator/tenants/acme/danger")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog", name=re.compile("Resume")).get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status")).to_contain_text("resumed")

    assert is_shut
    assert until(lambda: is_settled(api, "acme") and may_sign_in(stack, "owner@acme.test"), SETTLED)
