"""Partners and their customers, as an operator handles them; with and without script."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])


@pytest.fixture
def name():
    """A slug that no other test has."""
    return f"p-{uuid4().hex[:8]}"


@pytest.fixture
def partner(api, name):
    body = {"slug": name, "name": f"Partner {name}", "domain": f"{name}.example", "marginPct": 15}
    return api.post("/partners", json=body).json()


@pytest.fixture
def tenant(api, name):
    body = {"slug": f"t-{name}", "name": f"Tenant {name}", "domains": [f"t-{name}.example"]}
    return api.post("/tenants", json=body).json()


@script
def test_a_partner_is_created_in_a_dialog(javascript, signed_in, name, api):
    page = signed_in(javascript=javascript)
    page.goto("/operator/partners")

    page.get_by_role("button", name="New partner").click()
    dialog = page.get_by_role("dialog", name="New partner")
    dialog.get_by_label("Name", exact=False).first.fill("Süd & Söhne <IT>")
    dialog.get_by_label("Slug").fill(name)
    dialog.get_by_label("Domain").fill(f"{name}.example")
    dialog.get_by_label("Margin").fill("12.5")
    dialog.get_by_role("button", name="Create partner").click()

    expect(page.get_by_role("heading", name="Süd & Söhne <IT>", level=1)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("created")
    assert api.get(f"/partners/{name}").json()["marginPct"] == 12.5


@script
def test_a_refused_form_keeps_what_was_typed_and_says_why_at_the_field(javascript, signed_in, partner):
    page = signed_in(javascript=javascript)
    page.goto("/operator/partners")
    page.get_by_role("button", name="New partner").click()
    dialog = page.get_by_role("dialog", name="New partner")
    dialog.get_by_label("Name", exact=False).first.fill("Zweiter")
    dialog.get_by_label("Slug").fill(partner["slug"])
    dialog.get_by_label("Domain").fill("zweiter.example")

    dialog.get_by_role("button", name="Create partner").click()

    expect(page.get_by_role("dialog", name="New partner")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_contain_text("already exists")
    expect(dialog.get_by_label("Slug")).to_have_value(partner["slug"])


@script
def test_a_tenant_is_attached_and_detached(javascript, signed_in, partner, tenant, api):
    page = signed_in(javascript=javascript)
    page.goto(f"/operator/partners/{partner['slug']}")

    page.get_by_role("button", name="Attach").click()
    dialog = page.get_by_role("dialog", name=re.compile("Attach"))
    dialog.get_by_label("Tenant").fill(tenant["slug"])
    dialog.get_by_role("button", name="Attach").click()
    expect(page.get_by_role("link", name=tenant["name"])).to_be_visible()
    attached = api.get(f"/tenants/{tenant['slug']}").json()["partnerId"]

    page.get_by_role("button", name="Detach").click()
    page.get_by_role("dialog", name=re.compile("Detach")).get_by_role("button", name="Detach").click()
    expect(page.get_by_role("link", name=tenant["name"])).to_have_count(0)

    assert attached == partner["id"]
    assert api.get(f"/tenants/{tenant['slug']}").json().get("partnerId") is None


@script
def test_a_partner_is_terminated_only_by_its_slug(javascript, signed_in, partner, api):
    page = signed_in(javascript=javascript)
    page.goto(f"/operator/partners/{partner['slug']}")
    page.get_by_role("button", name="Terminate").click()
    dialog = page.get_by_role("dialog", name=re.compile("Terminate"))
    confirm, button = dialog.get_by_label("to confirm"), dialog.get_by_role("button", name="Terminate")

    confirm.fill("something-else")
    if javascript:
        expect(button).to_be_disabled()
    else:
        button.click()
        expect(dialog).to_contain_text(f"Type {partner['slug']} exactly")
    still = api.get(f"/partners/{partner['slug']}").json()["status"]
    confirm.fill(partner["slug"])
    button.click()

    expect(page.get_by_role("status")).to_contain_text("terminated")
    assert still == "active"
    assert api.get(f"/partners/{partner['slug']}").json()["status"] == "terminated"
