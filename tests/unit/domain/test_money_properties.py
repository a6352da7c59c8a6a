"""What holds for every history: nothing is billed twice or lost, and the bridges add up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.apportioning import base_of, lines_of, runs_of
from chalicelib.domain.days import (
    days_from,
    first_day,
    last_day,
    month_before,
    month_of,
    months_from,
    shifted,
)
from chalicelib.domain.facts import Facts, History, histories_of
from chalicelib.domain.ledger import mrr_on, standing_on
from chalicelib.domain.mrr import bridges_of, closing_of, movement_of
from chalicelib.domain.statement import corrections_of, statement_of
from tests.money import (
    BEGIN,
    PARTNERS,
    SPAN,
    Life,
    days,
    histories,
    lives_of,
    margin_entries,
    margins_of,
    moves,
    worlds,
)

calmly = settings(deadline=None, max_examples=60)  # a busy machine is no failure

MONTHS = months_from("2026-08", "2026-12")
END = shifted(BEGIN, SPAN + 60)


def facts_of(lives, partner, month="2026-08", margins=()):
    """What the database would find: the partner's subscriptions, and its events since the month began.

    What was recorded late belongs to it from its own day on.
    """
    since = min(first_day(month), *(each.late_since for each in lives))
    held = [each.subscription for each in lives if each.subscription.standing.partner_id == partner]
    events = [
        event for each in lives for event in each.events if partner in event.partners and event.day >= since
    ]
    return Facts(partner, margins_of(margins), histories_of(held, events))


def amounts(monies):
    return {each.currency: each.amount for each in monies}


@given(worlds, margin_entries, st.sampled_from(MONTHS))
@calmly
def test_the_lines_of_a_month_are_exactly_the_days_on_which_tenants_were_the_partners(world, margins, month):
    lives = lives_of(world)

    for partner in PARTNERS:
        found = lines_of(facts_of(lives, partner, month, margins), month, last_day(month))

        for life in lives:
            mine = [each for each in found if each.tenant_id == life.tenant.id]
            covered = [shifted(each.first, n) for each in mine for n in range(each.days)]
            due = [
                day
                for day in days_of(month)
                if (standing := standing_on(life.events, day))
                and standing.partner_id == partner
                and standing.status != "ended"
            ]
            assert covered == due
            assert all(each.standing == standing_on(life.events, each.first) for each in mine)
            assert all(each.standing == standing_on(life.events, each.last) for each in mine)


@given(margin_entries, st.sampled_from(MONTHS[1:]))
@calmly
def test_however_the_margin_changes_the_bases_sum_to_the_whole_month(entries, month):
    life = Life.begun(1, partner=PARTNERS[0])

    found = lines_of(facts_of([life], PARTNERS[0], month, entries), month, last_day(month))

    assert sum(each.days for each in found) == days_from(first_day(month), last_day(month))
    assert sum(each.base for each in found) == life.subscription.standing.mrr


@given(st.lists(st.integers(1, 29), max_size=6), st.sampled_from(MONTHS[1:]))
@calmly
def test_a_tenant_that_moves_pays_each_partner_exactly_its_days(moves_on, month):
    life, mine = Life.begun(1, partner=PARTNERS[0]), PARTNERS[0]
    owners = {}
    changes = {
        first_day(month)[:8] + f"{each:02}": PARTNERS[number % 2]
        for number, each in enumerate(sorted(moves_on), 1)
    }
    for day in days_of(month):
        if day in changes:
            life.move(a_move_to(changes[day]), day)
            mine = changes[day]
        owners[day] = mine

    found = {each: lines_of(facts_of([life], each, month), month, last_day(month)) for each in PARTNERS}

    for partner in PARTNERS:
        assert sum(each.days for each in found[partner]) == list(owners.values()).count(partner)
    assert sum(line.base for lines in found.values() for line in lines) == life.subscription.standing.mrr


@given(worlds, days)
@calmly
def test_mrr_of_partners_and_of_nobody_add_up_to_the_whole(world, day):
    lives = lives_of(world)
    events = [each.events for each in lives]

    whole = amounts(mrr_on(events, day))

    parts: dict[str, int] = {}
    for partner in PARTNERS:
        for currency, amount in amounts(mrr_on(events, day, partner)).items():
            parts[currency] = parts.get(currency, 0) + amount
    direct = [each for each in events if (found := standing_on(each, day)) and found.partner_id is None]
    for currency, amount in amounts(mrr_on(direct, day)).items():
        parts[currency] = parts.get(currency, 0) + amount
    assert parts == whole


@given(worlds)
@calmly
def test_the_bridges_lead_from_month_to_month_for_any_history(world):
    lives = lives_of(world)
    movements = [movement_of(event) for each in lives for event in each.events]
    opening: dict[str, int] = {}

    for month in MONTHS:
        bridges = bridges_of(opening, [each for each in movements if month_of(each.day) == month])

        events = [each.events for each in lives]
        before, after = (amounts(mrr_on(events, last_day(each))) for each in (month_before(month), month))
        assert {each.currency: each.opening for each in bridges if each.opening} == before
        assert {each.currency: each.closing for each in bridges if each.closing} == after
        for each in bridges:
            assert min(each.new, each.expansion, each.returned) >= 0
            assert max(each.contraction, each.churn) <= 0
        opening = closing_of(bridges)


@given(
    worlds, margin_entries, st.lists(st.tuples(st.integers(0, 3), moves), max_size=4), st.sampled_from(MONTHS)
)
@calmly
def test_going_through_a_closed_month_again_gives_the_same_digest(world, margins, later, month):
    lives = lives_of(world)
    known = facts_of(lives, PARTNERS[0], month, margins)
    closed = statement_of(known, month, last_day(month))
    for number, move in later:
        life = lives[number % len(lives)]
        day = shifted(life.subscription.last_day, move.after)
        life.move(move, day, max(day, shifted(last_day(month), 2)))

    newer = facts_of(lives, PARTNERS[0], month, [*margins, (3, 9_999)])
    again = statement_of(newer.as_known(closed.known), month, last_day(month))

    assert (again.digest, again.lines) == (closed.digest, closed.lines)


@given(worlds, margin_entries, margin_entries)
@calmly
def test_what_was_settled_and_its_corrections_are_what_is_due(world, margins, later):
    lives, month = lives_of(world), "2026-09"
    closed = statement_of(facts_of(lives, PARTNERS[0], month, margins), month, last_day(month))
    due = lines_of(facts_of(lives, PARTNERS[0], month, [*margins, *later]), month, last_day(month))

    corrections = corrections_of(month, due, [closed])

    settled = sum(each.amount for each in closed.lines) + sum(each.amount for each in corrections)
    assert settled == sum(each.amount for each in due)
    next_one = closed.with_(period="2026-10", lines=(), corrections=corrections)
    assert corrections_of(month, due, [closed, next_one]) == ()


@given(histories)
@calmly
def test_days_never_go_backwards_and_places_are_taken_once(happened):
    events = Life.begun(1).lived(happened).events

    assert [each.sequence for each in events] == list(range(1, len(events) + 1))
    assert [each.day for each in events] == sorted(each.day for each in events)
    assert all(later.before == earlier.after for earlier, later in pairwise(events))


@given(histories, st.sampled_from(MONTHS))
@calmly
def test_the_parts_of_a_month_are_never_negative_and_within_a_unit_of_their_share(happened, month):
    life = Life.begun(1, partner=PARTNERS[0]).lived(happened)
    history = History(life.tenant.id, "t", None, 0, life.events)

    for run in runs_of(history, first_day(month), last_day(month)):
        whole, gone = days_from(first_day(month), last_day(month)), days_from(run.first, run.last)
        base = base_of(run.standing, run.first, run.last)
        assert base >= 0
        assert abs(base * whole - run.standing.mrr * gone) <= whole


@given(histories)
@calmly
def test_a_tenant_carries_what_its_subscription_says(happened):
    life = Life.begun(1).lived(happened)

    standing = life.subscription.standing
    assert (life.tenant.plan, life.tenant.allowance.seats) == (standing.plan, standing.seats)
    assert (life.tenant.mrr.currency, life.tenant.mrr.amount) == (standing.currency, standing.mrr)
    assert (standing.status == "ended") == (life.tenant.lifecycle == "terminated")


def days_of(month):
    return [shifted(first_day(month), each) for each in range(days_from(first_day(month), last_day(month)))]


def a_move_to(partner):
    from tests.money import Move, Terms

    return Move(0, "partner", Terms("business", 1), partner)
