"""Who did what to a tenant, as operators read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.http.portal.portal import Browser, Portal, text_of

AUDIT = "/tenants/acme/audit"


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator(name="Olga"))


@pytest.fixture(autouse=True)
def _history(portal: Portal, browser: Browser) -> None:
    portal.api.post("/tenants", browser.person, {"slug": "acme", "name": "Acme"})
    portal.api.patch("/tenants/acme", browser.person, {"name": "Acme Corporation"})
    portal.api.post("/tenants/acme/suspend", browser.person, {"reason": "unpaid"})
    portal.api.post("/tenants", browser.person, {"slug": "other", "name": "Other"})


def test_events_say_who_did_what_with_before_and_after(browser):
    text = text_of(browser.get(AUDIT))

    assert "Olga dezky-operator tenant.suspend acme tenant unpaid" in text
    assert "name Acme → Acme Corporation" in text
    assert "Other" not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=tenant.suspend", {"tenant.suspend"}),
        ("actor=Olga", {"tenant.suspend", "tenant.change", "tenant.create"}),
        ("actor=Nobody", set()),
        ("outcome=refused", set()),
    ],
)
def test_filters_narrow_the_list(browser, query, found):
    page = browser.get(f"{AUDIT}?{query}")

    names = ("tenant.suspend", "tenant.change", "tenant.create")
    assert {each for each in names if f"<code>{each}</code>" in page.text} == found
    assert ("No event is like that" in page.text) == (not found)


def test_a_day_is_meant_whole(browser):
    today = datetime.now(UTC).date()
    yesterday = (today - timedelta(days=1)).isoformat()

    of_today = browser.get(f"{AUDIT}?since={today}&until={today}")
    before = browser.get(f"{AUDIT}?until={yesterday}")

    assert "tenant.create" in of_today.text
    assert f'type="date" value="{today}"' in of_today.text
    assert "tenant.create" not in before.text


def test_many_events_lead_to_a_next_page_with_the_same_filters(portal, browser):
    for number in range(27):
        portal.api.patch("/tenants/acme", browser.person, {"name": f"Acme {number}"})

    page = browser.get(f"{AUDIT}?action=tenant.change")
    link = page.text.partition('<nav class="pager"')[2].partition('href="')[2].partition('"')[0]
    following = browser.get(link.replace("&amp;", "&").removeprefix("/operator"))

    assert page.text.count("<code>tenant.change</code>") == 25
    assert following.text.count("<code>tenant.change</code>") == 3
    assert "First page" in following.text
    assert len(page.content) < 60_000


@pytest.mark.parametrize(("query", "field"), [("action=A%20B", "action"), ("since=2026-99-99", "since")])
def test_a_filter_that_makes_no_sense_is_said_at_its_field(browser, query, field):
    page = browser.get(f"{AUDIT}?{query}")

    assert page.status_code == 422
    assert f'id="filter-{field}-error"' in page.text
    assert 'value="A B"' in page.text or field == "since"
    assert "No event is like that" not in page.text


def test_the_page_leads_to_the_verification_of_its_own_chain(browser):
    assert 'href="/operator/audit/verify?tenant=acme"' in browser.get(AUDIT).text
    assert browser.get("/audit/verify?tenant=acme").status_code == 200


def test_an_address_that_the_api_does_not_take_is_a_page_that_says_so(browser):
    page = browser.get("/tenants/acme/support?status=strange")

    assert (page.status_code, "This request cannot be understood" in text_of(page)) == (422, True)
