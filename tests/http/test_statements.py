"""Statements over HTTP: JSON, CSV, closing, and who may."""

from __future__ import annotations

import csv
import io

import pytest

from chalicelib import wiring
from chalicelib.domain.days import day_of, first_day, last_day, month_before, month_of
from chalicelib.repositories.ledger import Ledger
from chalicelib.repositories.partners import Partners
from chalicelib.repositories.subscriptions import Subscriptions
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_partner
from tests.money import Life, at

TODAY = day_of(wiring.now())
LAST_MONTH = month_before(month_of(TODAY))
CSV = {"Accept": "text/csv"}
DIRE = '=HYPERLINK("http://evil.test","x")'


@pytest.fixture
def operator(api):
    return api.operator()


@pytest.fixture
def nordic(api):
    """A partner with one tenant since the month before last, whose name is no harmless text."""
    begin = first_day(month_before(LAST_MONTH))
    partner = a_partner(margin_bps=2_000, created_at=at(begin))
    Partners(api.mongo).add(partner)
    life = Life.begun(1, day=first_day(LAST_MONTH), partner=partner.id)
    Tenants(api.mongo).add(life.tenant.with_(name=DIRE, created_at=at(begin)))
    Subscriptions(api.mongo).add(life.subscription)
    Ledger(api.mongo).add(life.events[0])
    return partner


def statement(api, by, period=LAST_MONTH, **given):
    return api.get(f"/partners/nordic/statement?period={period}", by, **given)


def close(api, by, period=LAST_MONTH, **given):
    return api.post("/partners/nordic/statement/close", by, {"period": period}, **given)


def test_a_statement_tells_days_base_margin_and_amount(api, operator, nordic):
    found = statement(api, operator).json()

    (line,) = found["lines"]
    assert (found["status"], found["canClose"], found["closedAt"]) == ("open", True, None)
    assert (line["from"], line["to"]) == (first_day(LAST_MONTH), last_day(LAST_MONTH))
    assert (line["base"], line["marginPct"], line["amount"]) == (12_000, 20.0, 2_400)
    assert line["tenant"]["name"] == DIRE
    assert found["sums"] == [
        {"currency": "EUR", "base": 12_000, "amount": 2_400, "corrections": 0, "total": 2_400}
    ]
    assert len(found["digest"]) == 64


def test_the_running_month_goes_up_to_today(api, operator, nordic):
    found = statement(api, operator, month_of(TODAY)).json()

    assert (found["status"], found["to"], found["canClose"]) == ("running", TODAY, False)


def test_csv_has_the_same_lines_and_no_cell_that_is_a_formula(api, operator, nordic):
    answer = statement(api, operator, headers=CSV)

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="statement-nordic-{LAST_MONTH}.csv"'
    )
    assert [each["kind"] for each in rows] == ["line", "total"]
    assert (rows[0]["base"], rows[0]["marginPct"], rows[0]["amount"]) == ("120.00", "20.00", "24.00")
    assert rows[0]["name"] == f"'{DIRE}"
    assert rows[1]["amount"] == "24.00"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_json_is_answered_unless_csv_is_asked_for_first(api, operator, nordic):
    for accept in ("*/*", "application/json, text/csv;q=0.1", "text/html"):
        assert statement(api, operator, headers={"Accept": accept}).json()["period"] == LAST_MONTH


def test_a_closed_month_is_frozen_and_what_is_known_later_is_corrected_in_the_next(api, operator, nordic):
    closed = close(api, operator)
    api.patch("/partners/nordic", operator, {"marginPct": 25, "marginFrom": first_day(LAST_MONTH)})

    again, csv_again = close(api, operator), statement(api, operator, headers=CSV).text
    following = statement(api, operator, month_of(TODAY)).json()
    rerun = api.get(f"/partners/nordic/statement/rerun?period={LAST_MONTH}", operator).json()

    assert (closed.json()["status"], closed.json()["closedBy"]) == ("closed", operator.user.id)
    assert again.json() == closed.json() == statement(api, operator).json()
    assert "24.00" in csv_again
    assert [(each["period"], each["base"], each["amount"]) for each in following["corrections"]] == [
        (LAST_MONTH, 0, 600)
    ]
    assert rerun == {
        "period": LAST_MONTH,
        "digest": closed.json()["digest"],
        "closedDigest": closed.json()["digest"],
        "same": True,
    }
    (listed,) = api.get("/partners/nordic/statements", operator).json()["items"]
    assert (listed["period"], listed["digest"]) == (LAST_MONTH, closed.json()["digest"])
    assert (
        api.document("auditEvents", action="statement.close")["changes"]["digest"]["after"]
        == listed["digest"]
    )


def test_a_month_is_closed_once_however_often_it_is_asked_for(api, operator, nordic):
    for _ in range(3):
        close(api, operator, headers={"Idempotency-Key": "close-1"})
    close(api, operator)

    assert len(api.documents("statements")) == 1
    assert [each["action"] for each in api.documents("auditEvents")].count("statement.close") == 1


def test_an_unfinished_month_a_future_one_and_nonsense_are_refused(api, operator, nordic):
    assert close(api, operator, month_of(TODAY)).json()["code"] == "period-not-over"
    assert statement(api, operator, "2199-12").status_code == 422
    assert statement(api, operator, "2026-13").json()["errors"][0]["field"] == "period"
    assert api.get("/partners/nordic/statement", operator).status_code == 422
    assert api.get(f"/partners/nobody/statement?period={LAST_MONTH}", operator).status_code == 404
    assert api.get(f"/partners/nordic/statement/rerun?period={LAST_MONTH}", operator).json()["code"] == (
        "statement-not-found"
    )


def test_only_operators_see_or_close_statements(api, nordic):
    for who, code in (
        (api.customer(), "operator-scope-required"),
        (api.support(), "operator-rights-required"),
    ):
        assert statement(api, who).json()["code"] == code
        assert close(api, who).json()["code"] == code
        assert api.get("/partners/nordic/statements", who).json()["code"] == code
    assert api.documents("statements") == []
