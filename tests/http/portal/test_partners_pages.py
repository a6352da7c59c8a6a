"""The pages of partners, driven as a browser without script drives them."""

from __future__ import annotations

import pytest

from tests.http.portal.portal import Browser, Portal, location, text_of

A_PARTNER = {"slug": "nordlicht", "name": "Nordlicht IT", "domain": "nordlicht.test", "marginPct": "12,5"}


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


def a_partner(portal: Portal, browser: Browser, **fields: object) -> dict[str, object]:
    given = {"slug": "nordlicht", "name": "Nordlicht IT", "domain": "nordlicht.test", "marginPct": 20}
    return portal.api.post("/partners", browser.person, given | fields).json()


def a_tenant(portal: Portal, browser: Browser, slug: str = "acme", **fields: object) -> dict[str, object]:
    given = {"slug": slug, "name": slug.title(), "domains": [f"{slug}.test"]}
    return portal.api.post("/tenants", browser.person, given | fields).json()


def test_a_form_makes_a_partner_with_a_margin_written_as_people_write_it(portal, browser):
    answer = browser.post(
        "/partners", A_PARTNER | {"contact.name": "Nora", "contact.email": "nora@nordlicht.test"}
    )

    assert (answer.status_code, location(answer)) == (
        303,
        "/operator/partners/nordlicht?done=partner-created",
    )
    made = portal.api.get("/partners/nordlicht", browser.person).json()
    assert (made["marginPct"], made["contact"]["email"]) == (12.5, "nora@nordlicht.test")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("marginPct", "a lot"),
        ("marginPct", "101"),
        ("slug", "No"),
        ("contact.email", "nobody"),
        ("domain", "x"),
    ],
)
def test_a_wrong_field_is_named_and_everything_typed_is_kept(portal, browser, field, text):
    form = A_PARTNER | {"contact.name": "Nora", "contact.email": "n@x.test", "dialog": "create-partner"}

    answer = browser.post("/partners", form | {field: text})

    assert answer.status_code == 422
    assert f'id="create-partner-{field}-error"' in answer.text
    assert f'value="{text}"' in answer.text
    assert portal.api.documents("partners") == []


def test_the_list_shows_customers_and_margin_and_finds_by_the_beginning(portal, browser):
    made = a_partner(portal, browser)
    a_tenant(portal, browser, partnerId=made["id"])
    a_partner(portal, browser, slug="sydlys", name="Sydlys", domain="sydlys.test")

    everything, found = text_of(browser.get("/partners")), text_of(browser.get("/partners?q=nord"))

    assert "Nordlicht IT nordlicht nordlicht.test active 1 20 %" in everything
    assert "Sydlys" in everything
    assert "Sydlys" not in found


def test_a_search_without_result_offers_the_whole_list(browser):
    assert "No partner is like that" in text_of(browser.get("/partners?q=nothing"))
    assert "There are no partners yet" in text_of(browser.get("/partners"))


def test_a_partners_page_shows_contract_contact_and_customers(portal, browser):
    made = a_partner(portal, browser, contact={"name": "Nora", "email": "nora@nordlicht.test"})
    a_tenant(portal, browser, partnerId=made["id"])

    page = text_of(browser.get("/partners/nordlicht"))

    assert "Margin 20 %" in page
    assert "nora@nordlicht.test" in page
    assert "Acme acme pending starter acme.test" in page


def test_a_partner_that_is_not_there_is_a_page_that_says_so(browser):
    answer = browser.get("/partners/nobody")

    assert (answer.status_code, "There is nothing here" in text_of(answer)) == (404, True)


def test_a_tenant_is_attached_and_detached(portal, browser):
    made = a_partner(portal, browser)
    a_tenant(portal, browser)

    attached = browser.post("/partners/nordlicht/attach", {"tenant": "acme"})
    held = portal.api.document("tenants", slug="acme")
    detached = browser.post("/partners/nordlicht/detach", {"chosen": "acme"})

    assert location(attached) == "/operator/partners/nordlicht?done=tenant-attached"
    assert held["partnerId"] == made["id"]
    assert location(detached) == "/operator/partners/nordlicht?done=tenant-detached"
    assert "partnerId" not in portal.api.document("tenants", slug="acme")


def test_attaching_a_tenant_that_is_not_there_is_said_in_the_dialog(portal, browser):
    a_partner(portal, browser)

    answer = browser.post("/partners/nordlicht/attach", {"tenant": "nobody", "dialog": "attach-tenant"})

    assert answer.status_code == 404
    assert "There is no such tenant" in text_of(answer)
    assert 'aria-labelledby="attach-tenant-title" open' in answer.text


def test_contact_and_billing_are_set_and_taken_away(portal, browser):
    a_partner(portal, browser)
    billing = {"billing.company": "Nordlicht ApS", "billing.address": "Havnen 1", "billing.country": "DK"}

    browser.post("/partners/nordlicht/billing", billing)
    browser.post("/partners/nordlicht/contact", {"contact.name": "Nora", "contact.email": "n@nordlicht.test"})
    after = portal.api.get("/partners/nordlicht", browser.person).json()
    browser.post("/partners/nordlicht/contact", {"contact.name": "", "contact.email": ""})

    assert (after["billing"]["company"], after["contact"]["name"]) == ("Nordlicht ApS", "Nora")
    assert portal.api.get("/partners/nordlicht", browser.person).json()["contact"] is None


def test_a_change_of_what_someone_else_has_changed_meanwhile_is_refused_in_the_form(portal, browser):
    made = a_partner(portal, browser)
    seen = str(made["version"])
    form = {"name": "Other", "domain": "other.test", "marginPct": "10", "version": seen}

    first = browser.post("/partners/nordlicht/contract", form)
    second = browser.post(
        "/partners/nordlicht/contract", form | {"name": "Third", "dialog": "change-contract"}
    )

    assert (first.status_code, second.status_code) == (303, 412)
    assert "Someone else has changed this meanwhile" in text_of(second)
    assert portal.api.get("/partners/nordlicht", browser.person).json()["name"] == "Other"


def test_ending_a_partner_takes_its_slug(portal, browser):
    a_partner(portal, browser)

    slip = browser.post(
        "/partners/nordlicht/terminate", {"confirm": "nordlich", "dialog": "terminate-partner"}
    )
    kept = portal.api.get("/partners/nordlicht", browser.person).json()["status"]
    done = browser.post("/partners/nordlicht/terminate", {"confirm": "nordlicht", "tenants": "keep"})

    assert (slip.status_code, kept) == (422, "active")
    assert "Type nordlicht exactly" in text_of(slip)
    assert location(done) == "/operator/partners/nordlicht?done=partner-terminated"
    assert portal.api.get("/partners/nordlicht", browser.person).json()["status"] == "terminated"


def test_ending_a_partner_decides_about_its_customers(portal, browser):
    made = a_partner(portal, browser)
    heir = a_partner(portal, browser, slug="sydlys", name="Sydlys", domain="sydlys.test")
    a_tenant(portal, browser, partnerId=made["id"])
    form = {"confirm": "nordlicht", "tenants": "reassign", "dialog": "terminate-partner"}

    nowhere = browser.post("/partners/nordlicht/terminate", form | {"to": "nobody"})
    done = browser.post("/partners/nordlicht/terminate", form | {"to": "sydlys"})

    assert nowhere.status_code in {404, 409, 422}
    assert done.status_code == 303
    assert portal.api.document("tenants", slug="acme")["partnerId"] == heir["id"]
    assert "go to another partner" in text_of(browser.get("/partners/nordlicht"))


def test_a_margin_can_hold_from_another_day(portal, browser):
    a_partner(portal, browser)
    form = {"name": "Nordlicht IT", "domain": "nordlicht.test", "marginPct": "10", "marginFrom": "2099-01-01"}

    answer = browser.post("/partners/nordlicht/contract", form)

    assert answer.status_code == 303
    assert "20 % from" in text_of(browser.get("/partners/nordlicht"))
    assert "10 % from 2099-01-01" in text_of(browser.get("/partners/nordlicht"))


def test_without_script_a_link_opens_the_dialog_for_its_row(portal, browser):
    made = a_partner(portal, browser)
    a_tenant(portal, browser, partnerId=made["id"])

    page = browser.get("/partners/nordlicht?dialog=detach-tenant&chosen=acme")

    assert 'aria-labelledby="detach-tenant-title" open' in page.text
    assert '<input type="hidden" name="chosen" value="acme">' in page.text


def test_an_address_puts_no_words_into_a_dialog(portal, browser):
    a_partner(portal, browser)

    page = browser.get("/partners/nordlicht?dialog=detach-tenant&chosen=call+0900")

    assert "call 0900" not in text_of(page)
    assert "this one" in text_of(page)


def test_a_support_account_gets_the_explanation_and_can_sign_out(portal):
    answer = portal.as_(portal.api.support()).get("/partners")

    assert answer.status_code == 403
    assert "you are not an operator" in text_of(answer)
    assert 'action="/operator/auth/logout"' in answer.text
