"""Members of a tenant, and the users of the whole platform; with and without script."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import expect

script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])


@pytest.fixture
def tenant(api):
    slug = f"u-{uuid4().hex[:8]}"
    owner = {"email": f"owner@{slug}.example", "name": "Olga Owner"}
    body = {"slug": slug, "name": f"Tenant {slug}", "domains": [f"{slug}.example"], "owner": owner}
    return api.post("/tenants", json=body).json()["slug"]


def members(api, slug):
    return {each["email"]: each["role"] for each in api.get(f"/tenants/{slug}/users").json()["items"]}


@script
def test_somebody_is_invited_made_an_admin_and_removed(javascript, signed_in, tenant, api):
    page = signed_in(javascript=javascript)
    page.goto(f"/operator/tenants/{tenant}/users")
    address = f"ada@{tenant}.example"

    page.get_by_role("button", name="Invite someone").click()
    dialog = page.get_by_role("dialog", name="Invite someone")
    dialog.get_by_label("E-mail").fill(address)
    dialog.get_by_role("button", name="Invite").click()
    row = page.get_by_role("row").filter(has_text=address)
    expect(row).to_contain_text("member")

    row.get_by_role("button", name="Role").click()
    dialog = page.get_by_role("dialog", name="Change a role")
    expect(dialog).to_contain_text(address)
    dialog.get_by_role("combobox").select_option("admin")
    dialog.get_by_role("button", name="Change role").click()
    expect(row).to_contain_text("admin")
    promoted = members(api, tenant)[address]

    row.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove a user")
    expect(dialog).to_contain_text(address)
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("removed")

    assert promoted == "admin"
    assert address not in members(api, tenant)


@script
def test_the_last_owner_stays_and_the_page_says_why(javascript, signed_in, tenant, api):
    page = signed_in(javascript=javascript)
    page.goto(f"/operator/tenants/{tenant}/users")

    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("owner")
    assert members(api, tenant) == {f"owner@{tenant}.example": "owner"}


@pytest.fixture
def support(api):
    """A colleague without rights, before and after."""
    (user,) = api.get("/users?q=support@dezky.local").json()["items"]
    yield user
    api.patch(f"/users/{user['id']}", json={"platformAdmin": False})


def test_operator_rights_are_granted_and_taken_away(signed_in, support, api):
    page = signed_in()
    page.goto("/operator/users?q=support@dezky.local")
    page.get_by_role("link", name="Sam Support").click()

    page.get_by_role("button", name="Grant operator rights").click()
    page.get_by_role("dialog").get_by_role("button", name="Grant").click()
    expect(page.get_by_role("main")).to_contain_text("May do everything")
    granted = api.get(f"/users/{support['id']}").json()["platformAdmin"]
    page.get_by_role("button", name="Take the rights away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(page.get_by_role("main")).to_contain_text("no operator rights")

    assert granted is True
    assert api.get(f"/users/{support['id']}").json()["platformAdmin"] is False


def test_a_customers_user_is_offered_no_operator_rights(signed_in, tenant):
    page = signed_in()
    page.goto(f"/operator/users?q=owner@{tenant}.example")

    page.get_by_role("link", name="Olga Owner").click()

    expect(page.get_by_role("region", name="Operator rights")).to_contain_text("dezky-operator")
    expect(page.get_by_role("button", name="Grant operator rights")).to_have_count(0)


def test_names_are_shown_as_they_are_and_never_run(signed_in, api):
    slug, name = f"x-{uuid4().hex[:8]}", "<img src=x onerror=alert(1)>\"'&amp;{{7*7}}"
    api.post("/tenants", json={"slug": slug, "name": name, "contact": {"name": name, "email": "a@b.example"}})
    page = signed_in()

    for path in ("?q=" + slug, f"/{slug}", f"/{slug}/danger?dialog=suspend", f"/{slug}/resources"):
        page.goto(f"/operator/tenants{path}")
        expect(page.get_by_role("main")).to_contain_text(name)
    assert page.locator("img").count() == 0
