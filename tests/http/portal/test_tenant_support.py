"""A tenant's tickets, as operators see and open them."""

from __future__ import annotations

import pytest

from chalicelib.domain.tenant import Tenant
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.portal.portal import Browser, Portal, location, text_of

SUPPORT = "/tenants/acme/support"
A_TICKET = {"subject": "Mail bounces", "text": "Since this morning", "priority": "high"}


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator(name="Olga"))


@pytest.fixture
def acme(portal: Portal) -> Tenant:
    tenant = an_active_tenant()
    Tenants(portal.api.mongo).add(tenant)
    return tenant


def test_the_tenants_own_tickets_are_listed_and_lead_to_their_page(portal, browser, acme):
    other = an_active_tenant(slug="other", domains=())
    Tenants(portal.api.mongo).add(other)
    ada = portal.api.customer(name="Ada", memberships=(a_membership(acme), a_membership(other)))
    ticket = portal.api.post("/tenants/acme/tickets", ada, A_TICKET).json()
    portal.api.post("/tenants/other/tickets", ada, A_TICKET | {"subject": "Elsewhere"})

    page = browser.get(SUPPORT)

    assert "Mail bounces acme-1 high open Ada" in text_of(page)
    assert f'<a href="/operator/support/{ticket["id"]}">' in page.text
    assert "Elsewhere" not in page.text
    assert browser.get(f"/support/{ticket['id']}").status_code == 200


def test_chips_narrow_the_list_by_status(portal, browser, acme):
    portal.api.post("/tenants/acme/tickets", browser.person, A_TICKET)

    closed, unfinished = (text_of(browser.get(f"{SUPPORT}?status={each}")) for each in ("closed", "open"))

    assert "No ticket is like that Show all tickets" in closed
    assert "Mail bounces" in unfinished


def test_a_tenant_without_tickets_says_so(browser, acme):
    assert "There are no tickets" in text_of(browser.get(SUPPORT))


def test_a_ticket_is_opened_and_shown(portal, browser, acme):
    answer = browser.post(SUPPORT, A_TICKET)

    leads_to = location(answer).removeprefix("/operator")
    assert (answer.status_code, leads_to.endswith("?done=ticket-opened")) == (303, True)
    assert "Mail bounces" in text_of(browser.get(leads_to))
    assert portal.api.document("tickets")["priority"] == "high"


@pytest.mark.parametrize("field", ["subject", "text", "priority"])
def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(portal, browser, acme, field):
    answer = browser.post(SUPPORT, A_TICKET | {field: "", "dialog": "open-ticket"})

    assert answer.status_code == 422
    assert f'id="open-ticket-{field}-error"' in answer.text
    assert 'aria-labelledby="open-ticket-title" open' in answer.text
    assert "Since this morning" in answer.text or field == "text"
    assert portal.api.documents("tickets") == []


def test_text_is_text_whatever_is_in_it(browser, acme):
    browser.post(SUPPORT, A_TICKET | {"subject": "<img src=x onerror=alert(1)>"})

    page = browser.get(SUPPORT)

    assert "<img" not in page.text
    assert "&lt;img src=x" in page.text


def test_many_tickets_stay_a_small_page_that_leads_to_the_next(portal, browser, acme):
    for number in range(26):
        wish = A_TICKET | {"subject": f"{number} " + "A rather long subject " * 6}
        portal.api.post("/tenants/acme/tickets", browser.person, wish)

    page = browser.get(SUPPORT)

    assert page.text.count('<th scope="row">') == 25
    assert "Next page" in page.text
    assert len(page.content) < 60_000
