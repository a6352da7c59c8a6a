"""Statements of partners on a real database with a clock that moves: closed, corrected, gone through."""

from __future__ import annotations

import pytest

from chalicelib.errors import PeriodNotOver, PeriodOutOfOrder, StatementNotFound, Unprocessable
from tests.desk import Desk, a_mongo


@pytest.fixture(scope="module")
def mongo(mongodb_uri):
    with a_mongo(mongodb_uri, "statements") as mongo:
        yield mongo


@pytest.fixture
def desk(mongo):
    return Desk(mongo)


def test_a_statement_pays_each_partner_its_days_and_a_closed_one_stays(desk):
    nordic, south = desk.partner("nordic"), desk.partner("south", margin=10.0)
    acme = desk.tenant("acme", nordic)
    desk.on("2026-09-11")
    desk.change("acme", partnerId=south.id)
    desk.margin("nordic", 30.0)
    desk.on("2026-10-01")

    first = desk.statements.close(desk.operator, "nordic", "2026-08").statement
    closed = desk.statements.close(desk.operator, "nordic", "2026-09").statement
    other = desk.statements.get("south", "2026-09").statement

    assert [(each.first, each.last, each.base, each.amount) for each in closed.lines] == [
        ("2026-09-01", "2026-09-10", 2_000, 400)
    ]
    assert [(each.first, each.base, each.amount) for each in other.lines] == [("2026-09-11", 4_000, 400)]
    assert first.lines[0].days == 22
    assert closed.names == {acme.id: "Acme"}
    assert desk.statements.close(desk.operator, "nordic", "2026-09").statement == closed
    assert [each.period for each in desk.statements.closed("nordic")] == ["2026-09", "2026-08"]
    assert [each.action for each in desk.audit.events].count("statement.close") == 2


def test_months_are_closed_in_order_and_only_after_their_end(desk):
    nordic = desk.partner("nordic")
    desk.tenant("acme", nordic)
    desk.on("2026-10-10")

    with pytest.raises(PeriodNotOver):
        desk.statements.close(desk.operator, "nordic", "2026-10")
    with pytest.raises(PeriodOutOfOrder):
        desk.statements.close(desk.operator, "nordic", "2026-09")
    months = ("2026-08", "2026-09", "2026-10")
    assert [desk.statements.get("nordic", each).can_close for each in months] == [True, False, False]
    assert desk.statements.get("nordic", "2026-10").status == "running"
    assert desk.statements.get("nordic", "2026-10").statement.until == "2026-10-10"
    desk.statements.close(desk.operator, "nordic", "2026-08")
    assert desk.statements.get("nordic", "2026-09").can_close


def test_what_becomes_known_later_is_corrected_once_in_the_first_open_month(desk):
    nordic = desk.partner("nordic")
    desk.tenant("acme", nordic)
    desk.tenant("nova", nordic)
    desk.on("2026-10-02")
    for month in ("2026-08", "2026-09"):
        desk.statements.close(desk.operator, "nordic", month)
    desk.agree("acme", seats=10, effectiveOn="2026-09-16")
    desk.margin("nordic", 25.0, since="2026-09-21")
    desk.on("2026-11-02")

    october, november = (desk.statements.get("nordic", month).statement for month in ("2026-10", "2026-11"))
    rerun = desk.statements.rerun("nordic", "2026-09")
    closed = desk.statements.close(desk.operator, "nordic", "2026-10").statement
    after = desk.statements.get("nordic", "2026-11").statement

    assert [(each.period, each.slug, each.base, each.amount) for each in october.corrections] == [
        ("2026-09", "acme", 3_000, 800),
        ("2026-09", "nova", 0, 100),
    ]
    assert november.corrections == after.corrections == ()
    assert october.sums[0].corrections == 900
    assert october.sums[0].total == october.sums[0].amount + 900
    assert closed.digest == october.digest
    assert rerun[0].digest == rerun[1].digest
    for month in ("2026-08", "2026-09", "2026-10"):
        frozen, again = desk.statements.rerun("nordic", month)
        assert (again.lines, again.corrections, again.digest) == (
            frozen.lines, frozen.corrections, frozen.digest,
        )  # fmt: skip


def test_a_month_that_has_not_begun_has_no_statement(desk):
    desk.partner("nordic")

    with pytest.raises(Unprocessable):
        desk.statements.get("nordic", "2026-09")


def test_a_month_that_is_not_closed_cannot_be_gone_through_again(desk):
    desk.partner("nordic")

    with pytest.raises(StatementNotFound):
        desk.statements.rerun("nordic", "2026-08")


def test_whoever_is_terminated_stops_that_day_and_whoever_is_suspended_goes_on(desk):
    nordic = desk.partner("nordic")
    desk.tenant("acme", nordic)
    desk.tenant("nova", nordic)
    desk.on("2026-08-15")
    desk.terminate("acme")
    desk.suspend("nova")
    desk.on("2026-09-02")

    lines = desk.statements.get("nordic", "2026-08").statement.lines

    assert [(each.slug, each.first, each.last) for each in lines] == [
        ("acme", "2026-08-10", "2026-08-14"),
        ("nova", "2026-08-10", "2026-08-31"),
    ]
