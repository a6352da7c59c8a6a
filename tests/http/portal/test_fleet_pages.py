"""Dashboard, inbox and statement: what the fleet looks like, and what can be done about it."""

from __future__ import annotations

import pytest

from tests.http.portal.portal import Browser, Portal, location, text_of


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


@pytest.fixture
def acme(portal: Portal, browser: Browser) -> dict[str, object]:
    wish = {"slug": "acme", "name": "Acme", "domains": ["acme.test"], "plan": "business"}
    return portal.api.post("/tenants", browser.person, wish).json()


def test_the_dashboard_counts_tenants_money_and_what_needs_a_look(portal, browser, acme):
    page = browser.get()

    assert page.status_code == 200
    assert "Active tenants 0 1 being set up, 0 suspended" in text_of(page)
    assert "MRR 60.00 EUR" in text_of(page)
    assert "under way" in text_of(page)


def test_every_picture_has_its_numbers_as_a_table(portal, browser, acme):
    page = browser.get().text

    assert page.count('<svg class="chart"') == page.count("MRR in EUR, month by month") * 2 + 1
    assert "Tenants by month" in page


def test_an_empty_platform_has_a_dashboard_too(browser):
    page = text_of(browser.get())

    assert "Nobody pays anything yet" in page
    assert "Everything is as it should be" in page


def test_the_inbox_names_the_tenant_the_cause_and_what_can_be_done(portal, browser, acme):
    page = text_of(browser.get("/attention"))

    assert "Acme : Stalwart does not hold the latest change yet" in page
    assert "Reconcile See the plan" in page


def test_the_inbox_is_narrowed_to_a_cause(portal, browser, acme):
    assert "Nothing of this kind" in text_of(browser.get("/attention?cause=blocked"))
    assert "Acme" in text_of(browser.get("/attention?cause=under-way"))


def test_a_full_page_of_the_inbox_stays_light(portal, browser):
    for number in range(30):
        wish = {"slug": f"tenant-{number:02}", "name": f"Tenant {number} " + "x" * 60}
        portal.api.post("/tenants", browser.person, wish)

    page = browser.get("/attention")

    assert page.text.count("<article") == 30
    assert "Next page" in page.text
    assert len(page.content) < 60_000


def test_an_item_is_reconciled_from_the_inbox(portal, browser, acme):
    before = len(portal.api.queue.hints)

    answer = browser.post("/attention/reconcile", {"chosen": "acme/ocis"})

    assert location(answer) == "/operator/attention?done=reconcile-started"
    assert [hint[0] for hint in portal.api.queue.hints[before:]] == ["ocis"]


def test_an_item_that_is_gone_is_said_in_the_dialog(browser):
    answer = browser.post("/attention/reconcile", {"chosen": "nobody/ocis", "dialog": "reconcile"})

    assert answer.status_code == 404
    assert "There is no such tenant" in text_of(answer)


@pytest.mark.parametrize("chosen", ["", "acme", "../../users/ocis", "acme/../x", "acme/ocis/x"])
def test_what_was_chosen_cannot_lead_to_another_address(portal, browser, acme, chosen):
    before = len(portal.api.queue.hints)

    answer = browser.post("/attention/reconcile", {"chosen": chosen, "dialog": "reconcile"})

    assert answer.status_code in {400, 403, 404, 422}
    assert len(portal.api.queue.hints) == before


def test_a_partners_statement_adds_up_and_is_printable(portal, browser, acme):
    partner = {"slug": "nordlicht", "name": "Nordlicht IT", "domain": "nordlicht.test", "marginPct": 20}
    made = portal.api.post("/partners", browser.person, partner).json()
    portal.api.patch("/tenants/acme", browser.person, {"partnerId": made["id"]})

    page = browser.get("/partners/nordlicht/statement")

    assert page.status_code == 200
    assert "Acme acme" in text_of(page)
    assert "20 %" in text_of(page)
    assert "Digest of everything" in text_of(page)


def test_a_month_that_makes_no_sense_is_a_page_that_says_so(portal, browser):
    portal.api.post(
        "/partners", browser.person, {"slug": "nord", "name": "N", "domain": "n.test", "marginPct": 1}
    )

    assert browser.get("/partners/nord/statement?period=yesterday").status_code in {400, 422}


def test_the_audit_trail_of_everything_is_shown_filtered_and_verified(portal, browser, acme):
    everything = text_of(browser.get("/audit"))
    nothing = text_of(browser.get("/audit?action=partner.create"))
    verified = text_of(browser.get("/audit/verify"))

    assert "tenant.create" in everything
    assert "No event is like that" in nothing
    assert "intact" in verified


def test_a_filter_that_makes_no_sense_is_named(browser):
    answer = browser.get("/audit?since=yesterday")

    assert answer.status_code == 422
    assert 'id="filter-since-error"' in answer.text


def test_a_ticket_is_opened_from_the_inbox_with_its_evidence_answered_and_given_to_someone(
    portal, browser, acme
):
    item = portal.api.get("/attention", browser.person).json()["items"][0]
    form = {"chosen": f"acme/{item['id']}", "subject": "It hangs", "text": "Since this morning"}

    opened = location(browser.post("/attention/ticket", form)).partition("?")[0].removeprefix("/operator")
    browser.post(f"{opened}/messages", {"text": "We look at it"})
    browser.post(f"{opened}/messages", {"text": "Same as last week", "internal": "true"})
    version = str(portal.api.documents("tickets")[0]["version"])
    me = browser.person.user.id
    given = browser.post(opened, {"priority": "high", "assigneeId": me, "status": "", "version": version})
    page = text_of(browser.get(opened))

    assert given.status_code == 303
    assert item["what"] in page
    assert "We look at it" in page
    assert "internal note" in page
    assert "It hangs" in text_of(browser.get("/support?assignee=me"))
    assert "No ticket is like that" in text_of(browser.get("/support?assignee=none"))
