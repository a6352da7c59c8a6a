"""Ledger and catalogue, ready for showing; no float touches money."""

from __future__ import annotations

import pytest

from chalicelib.portal.forms import day_after, first_of, whole
from chalicelib.portal.views.billing import currencies, ledger, offers
from chalicelib.portal.views.plans import is_whole, moved, risks, step_count

STANDING = {
    "partnerId": None,
    "plan": "starter",
    "seats": 5,
    "interval": "month",
    "currency": "EUR",
    "unitPrice": 600,
    "discountPct": 0.0,
    "status": "active",
    "mrr": 3000,
}


def an_event(before=None, **after):
    now = {**(before or STANDING), **after}
    return {
        "day": "2026-11-22",
        "recordedAt": "2026-11-22T12:00:00Z",
        "kind": "terms",
        "before": before,
        "after": now,
    }


def test_a_beginning_tells_the_terms():
    (entry,) = ledger([an_event() | {"kind": "begin"}])

    assert (entry.kind, entry.changes) == ("Began", ("5 seats of starter, 6.00 EUR a seat and month",))
    assert (entry.mrr, entry.difference) == ("30.00 EUR", "")


def test_a_change_tells_what_is_different_and_by_how_much():
    (entry,) = ledger(
        [an_event(STANDING, seats=12, unitPrice=1200, discountPct=7.5, mrr=13320, partnerId="p")]
    )

    assert entry.changes == (
        "seats: 5 → 12",
        "discount in %: 0 → 7.5",
        "price of a seat: 6.00 EUR → 12.00 EUR",
        "partner taken",
    )
    assert (entry.difference, entry.mrr) == ("+103.20 EUR", "133.20 EUR")


def test_a_loss_has_a_sign_and_two_currencies_have_no_difference():
    less, other = ledger([an_event(STANDING, mrr=1), an_event(STANDING, currency="DKK", mrr=9000)])

    assert (less.difference, other.difference) == ("\N{MINUS SIGN}29.99 EUR", "")


def test_only_todays_prices_are_offered():
    price = {"currency": "DKK", "interval": "year", "amount": 44900}
    old, new = ({"plan": "starter", "prices": [price | {"amount": each}]} for each in (1, 44900))
    catalogue = {"today": 2, "versions": [{"version": 1, "plans": [old]}, {"version": 2, "plans": [new]}]}

    (offer,) = offers(catalogue)

    assert (offer.plan, offer.interval, offer.price) == ("starter", "year", "449.00 DKK")
    assert currencies(catalogue) == ["DKK"]


@pytest.mark.parametrize(
    ("now", "what"),
    [
        ("g1.a.b.c", []),
        ("g2.a.b.c", ["what is wanted"]),
        ("g1.a.x.y", ["Stalwart", "oCIS"]),
        ("g1.a", ["what is wanted", "Authentik", "Stalwart", "oCIS"]),
    ],
)
def test_what_moved_between_two_plans_is_named(now, what):
    assert moved("g1.a.b.c", now) == what


def test_a_plan_is_whole_when_every_integration_could_be_seen():
    step = {"sentence": "Delete the space", "risk": "destructive"}
    seen, unseen = {"steps": [step, step], "problem": None}, {"steps": [], "problem": {"code": "busy"}}
    plan = {"integrations": [seen, unseen]}

    assert (is_whole(plan), is_whole({"integrations": [seen]})) == (False, True)
    assert (step_count(plan), risks(plan)) == (2, {"destructive"})


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("", ""), ("-1", "-1"), ("1.5", "1.5"), ("9" * 30, "9" * 30), ("٣", "٣")]
)
def test_only_whole_numbers_become_numbers(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-12-31", "2027-01-01T00:00:00Z"),
        ("", ""),
        ("soon", "soonT00:00:00Z"),
        ("9999-12-31", "9999-12-31T00:00:00Z"),
    ],
)
def test_a_day_ends_where_the_next_one_begins(day, end):
    assert (day_after(day), bool(first_of(day))) == (end, bool(day))
