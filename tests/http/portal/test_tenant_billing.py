"""What a tenant pays, as operators agree on it."""

from __future__ import annotations

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import an_active_tenant
from tests.http.portal.portal import Browser, Portal, location, text_of

BILLING = "/tenants/acme/billing"
TERMS = {
    "plan": "business",
    "seats": "12",
    "interval": "month",
    "currency": "EUR",
    "discountPct": "10",
    "price": "agreed",
    "effectiveOn": "",
    "version": "1",
    "dialog": "agree",
}


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


@pytest.fixture
def acme(portal: Portal, browser: Browser) -> dict[str, object]:
    return portal.api.post("/tenants", browser.person, {"slug": "acme", "name": "Acme"}).json()


def subscription(portal: Portal, browser: Browser) -> dict[str, object]:
    return portal.api.get("/tenants/acme/subscription", browser.person).json()


def test_it_shows_the_terms_the_seats_and_what_is_paid(portal, browser, acme):
    of = subscription(portal, browser)

    text = text_of(browser.get(BILLING))

    price = f"{of['unitPrice'] // 100}.{of['unitPrice'] % 100:02d} EUR"
    paid = f"{of['mrr']['amount'] // 100}.{of['mrr']['amount'] % 100:02d} EUR"
    assert f"Pays each month {paid} Seats used 0 of 5" in text
    assert f"Plan starter Seats 5 Price of a seat {price} a month Discount 0 %" in text
    assert f"Began 5 seats of starter, {price} a seat and month" in text


def test_new_terms_are_agreed_and_stand_in_the_ledger(portal, browser, acme):
    answer = browser.post("/tenants/acme/subscription", TERMS | {"discountPct": "7,5"})

    assert location(answer) == f"/operator{BILLING}?done=subscription-changed"
    agreed = subscription(portal, browser)
    assert [agreed[name] for name in ("plan", "seats", "discountPct")] == ["business", 12, 7.5]
    text = text_of(browser.get(BILLING))
    assert "New terms plan: starter → business; seats: 5 → 12; discount in %: 0 → 7.5" in text


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"seats": "many"}, 422, 'id="agree-seats-error"'),
        ({"seats": "0"}, 422, 'id="agree-seats-error"'),
        ({"discountPct": "a lot"}, 422, 'id="agree-discountPct-error"'),
        ({"plan": "gold"}, 422, 'id="agree-plan-error"'),
        ({"effectiveOn": "2199-01-01"}, 422, 'id="agree-effectiveOn-error"'),
        ({"version": "7"}, 412, "Someone else has changed this meanwhile"),
    ],
    ids=str,
)
def test_terms_that_cannot_be_come_back_into_the_dialog(portal, browser, acme, form, status, says):
    answer = browser.post("/tenants/acme/subscription", TERMS | form)

    assert (answer.status_code, says in answer.text) == (status, True)
    assert 'aria-labelledby="agree-title" open' in answer.text
    assert subscription(portal, browser)["plan"] == "starter"


def test_fewer_seats_than_people_are_refused_in_the_dialog(portal, browser, acme):
    for number in range(2):
        portal.api.post("/tenants/acme/users", browser.person, {"email": f"p{number}@acme.test"})

    answer = browser.post("/tenants/acme/subscription", TERMS | {"seats": "1"})

    assert (answer.status_code, "More than 1 people have a seat" in text_of(answer)) == (409, True)


def test_a_tenant_from_before_there_were_subscriptions_can_begin_one(portal, browser):
    Tenants(portal.api.mongo).add(an_active_tenant())

    before = text_of(browser.get(BILLING))
    answer = browser.post("/tenants/acme/subscription", TERMS | {"version": "0"})

    assert "It is from before there were subscriptions" in before
    assert (answer.status_code, subscription(portal, browser)["status"]) == (303, "active")


def test_a_terminated_tenant_offers_no_new_terms(portal, browser, acme):
    portal.api.delete("/tenants/acme", browser.person)

    page = browser.get(BILLING)

    assert "Change the terms" not in page.text
    assert "ended" in text_of(page)
