"""A tenant's page: what it is, and the changes of that."""

from __future__ import annotations

import pytest

from chalicelib.domain.tenant import Tenant
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, a_tenant, an_active_tenant
from tests.http.portal.portal import Browser, Portal, location, text_of

OVERVIEW = "/operator/tenants/acme"


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


@pytest.fixture
def acme(portal: Portal) -> Tenant:
    tenant = an_active_tenant()
    Tenants(portal.api.mongo).add(tenant)
    return tenant


@pytest.fixture
def nordic(portal: Portal, browser: Browser) -> dict[str, object]:
    given = {"slug": "nordic", "name": "Nordic IT", "domain": "nordic.test"}
    return portal.api.post("/partners", browser.person, given).json()


def stored(portal: Portal) -> dict[str, object]:
    return portal.api.document("tenants", slug="acme")


def test_it_shows_what_the_tenant_is_and_who_was_there_last(portal, browser, acme):
    portal.api.customer(name="Ada", memberships=(a_membership(acme, "owner"),))

    page = browser.get("/tenants/acme")

    text = text_of(page)
    assert page.status_code == 200
    assert "Plan starter" in text
    assert "Authentik ok Stalwart ok oCIS ok" in text
    assert "acme.test" in text
    assert "Ada · owner" in text
    assert "Has no partner: it is a direct customer." in text
    assert '<a href="/operator/tenants/acme/danger">Danger zone</a>' in page.text


def test_its_partner_is_named_and_linked(portal, browser, acme, nordic):
    portal.api.patch("/tenants/acme", browser.person, {"partnerId": nordic["id"]})

    page = browser.get("/tenants/acme")

    assert '<a href="/operator/partners/nordic">Nordic IT</a>' in page.text


def test_a_document_of_long_ago_is_shown_with_what_it_has(portal, browser):
    portal.api.mongo.collection("tenants").insert_one({"_id": "1" * 32, "slug": "acme", "name": "Old"})

    for tab in (
        "",
        "/users",
        "/resources",
        "/resources?plan=show",
        "/billing",
        "/audit",
        "/support",
        "/danger",
    ):
        page = browser.get(f"/tenants/acme{tab}")
        assert (tab, page.status_code) == (tab, 200)
        assert "Old" in text_of(page)


def test_a_tenant_that_is_not_there_is_a_page_that_says_so(browser):
    assert "There is nothing here" in text_of(browser.get("/tenants/nobody"))


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ({"path": "name", "name": "Acme Corporation"}, "name", "Acme Corporation"),
        ({"path": "plan", "plan": "business"}, "plan", "business"),
        (
            {"path": "domains", "domains": "acme.test\r\nacme.example"},
            "domains",
            ["acme.test", "acme.example"],
        ),
        (
            {"path": "contact", "contact.name": "Ada", "contact.email": "ada@acme.test"},
            "contact",
            {"name": "Ada", "email": "ada@acme.test"},
        ),
    ],
    ids=["name", "plan", "domains", "contact"],
)
def test_each_form_changes_its_field_and_comes_back(portal, browser, acme, form, field, value):
    answer = browser.post(f"/tenants/acme/{form.pop('path')}", form | {"version": "1"})

    assert (answer.status_code, location(answer)) == (303, f"{OVERVIEW}?done=tenant-changed")
    assert stored(portal)[field] == value


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"path": "name", "dialog": "rename", "name": ""}, "rename-name"),
        ({"path": "plan", "dialog": "change-plan", "plan": "gold"}, "change-plan-plan"),
        ({"path": "domains", "dialog": "change-domains", "domains": "acme"}, "change-domains-domains"),
        (
            {"path": "contact", "dialog": "change-contact", "contact.name": "A", "contact.email": "x"},
            "change-contact-contact.email",
        ),
    ],
    ids=["name", "plan", "domains", "contact"],
)
def test_a_wrong_value_comes_back_into_its_dialog(portal, browser, acme, form, field):
    answer = browser.post(f"/tenants/acme/{form.pop('path')}", form)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'aria-labelledby="{form["dialog"]}-title" open' in answer.text
    assert stored(portal)["version"] == 1


def test_a_change_of_what_someone_else_has_changed_meanwhile_is_refused_with_what_was_typed(
    portal, browser, acme
):
    portal.api.patch("/tenants/acme", browser.person, {"name": "Acme 2"})

    answer = browser.post("/tenants/acme/name", {"version": "1", "name": "Acme 3", "dialog": "rename"})

    assert answer.status_code == 412
    assert "Someone else has changed this meanwhile" in text_of(answer)
    assert 'value="Acme 3"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert stored(portal)["name"] == "Acme 2"


def test_a_domain_of_another_tenant_is_said_at_the_field(portal, browser, acme):
    Tenants(portal.api.mongo).add(a_tenant(slug="other", domains=("other.test",)))

    answer = browser.post(
        "/tenants/acme/domains", {"domains": "acme.test\nother.test", "dialog": "change-domains"}
    )

    assert answer.status_code == 409
    assert 'id="change-domains-domains-error"' in answer.text


def test_a_partner_is_attached_by_its_slug_and_detached(portal, browser, acme, nordic):
    attached = browser.post("/tenants/acme/attach", {"partner": "nordic", "version": "1"})
    held = stored(portal).get("partnerId")
    detached = browser.post("/tenants/acme/detach", {"version": "2"})

    assert location(attached) == f"{OVERVIEW}?done=tenant-attached"
    assert held == nordic["id"]
    assert location(detached) == f"{OVERVIEW}?done=tenant-detached"
    assert "partnerId" not in stored(portal)


def test_a_partner_that_is_not_there_is_said_in_the_dialog(browser, acme):
    answer = browser.post("/tenants/acme/attach", {"partner": "nobody", "dialog": "attach-partner"})

    assert answer.status_code == 404
    assert "There is no such partner" in text_of(answer)
    assert 'aria-labelledby="attach-partner-title" open' in answer.text


def test_a_terminated_tenant_offers_no_change(portal, browser, acme):
    portal.api.delete("/tenants/acme", browser.person)

    page = browser.get("/tenants/acme")

    assert "Rename" not in text_of(page)
    assert "Kept until" in text_of(page)


def test_names_are_text_whatever_is_in_them(portal, browser):
    Tenants(portal.api.mongo).add(an_active_tenant(name="<script>alert(1)</script>"))

    page = browser.get("/tenants/acme")

    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_what_refreshes_by_itself_stops_when_the_tenant_is_active(portal, browser):
    portal.api.post("/tenants", browser.person, {"slug": "acme", "name": "Acme", "domains": ["acme.test"]})
    Tenants(portal.api.mongo).add(an_active_tenant(slug="calm", domains=()))

    setting_up, calm = browser.get("/tenants/acme/live"), browser.get("/tenants/calm/live")

    assert 'data-live="/operator/tenants/acme/live"' in browser.get("/tenants/acme").text
    assert "data-busy" in setting_up.text
    assert "pending" in text_of(setting_up)
    assert "data-busy" not in calm.text
    assert 'data-tells="Acme is active"' in calm.text
    assert "<html" not in calm.text


def test_another_site_gets_no_part_of_a_page(browser, acme):
    assert browser.get("/tenants/acme/live", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_someone_without_operator_rights_gets_an_explanation_on_every_tab(portal, acme):
    support = portal.as_(portal.api.support())

    for tab in ("", "/users", "/resources", "/billing", "/audit", "/support", "/danger"):
        page = support.get(f"/tenants/acme{tab}")
        assert (tab, page.status_code) == (tab, 403)
        assert "you are not an operator" in text_of(page)
