"""The routes of partners' statements; operators only."""

from __future__ import annotations

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR
from chalicelib.domain.billing_commands import CloseStatement
from chalicelib.domain.days import GivenMonth
from chalicelib.errors import PartnerNotFound, PeriodNotOver, PeriodOutOfOrder, StatementNotFound
from chalicelib.handlers.http import answer, body, caller, query
from chalicelib.handlers.operation import operation
from chalicelib.handlers.statement_answers import (
    ClosedStatementsAnswer,
    RerunAnswer,
    StatementAnswer,
    closed_answer,
    rerun_answer,
    statement_answer,
)
from chalicelib.handlers.statement_csv import CSV, statement_csv

routes = Blueprint(__name__)


class PeriodQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    period: GivenMonth


@routes.route("/partners/{slug}/statement", methods=["GET"])
@operation(
    OPERATOR,
    "The partner's statement of a month; up to today while the month is running",
    query=PeriodQuery,
    gives=StatementAnswer,
    also=(CSV,),
    refuses=(PartnerNotFound,),
)
def get_statement(slug: str) -> Response:
    found = wiring.services().statements.get(slug, query(routes, PeriodQuery).period)
    return statement_csv(found) if _wants_csv() else answer(statement_answer(found))


@routes.route("/partners/{slug}/statement/close", methods=["POST"])
@operation(
    OPERATOR,
    "Freeze a month that is over; what becomes known later is corrected in the next one",
    takes=CloseStatement,
    gives=StatementAnswer,
    refuses=(PartnerNotFound, PeriodNotOver, PeriodOutOfOrder),
)
def close_statement(slug: str) -> Response:
    period = body(routes, CloseStatement).period
    return answer(statement_answer(wiring.services().statements.close(caller(routes), slug, period)))


@routes.route("/partners/{slug}/statement/rerun", methods=["GET"])
@operation(
    OPERATOR,
    "Go through a closed month again with what was known then; writes nothing",
    query=PeriodQuery,
    gives=RerunAnswer,
    refuses=(PartnerNotFound, StatementNotFound),
)
def rerun_statement(slug: str) -> Response:
    return answer(rerun_answer(*wiring.services().statements.rerun(slug, query(routes, PeriodQuery).period)))


@routes.route("/partners/{slug}/statements", methods=["GET"])
@operation(
    OPERATOR,
    "The partner's closed months, latest first",
    gives=ClosedStatementsAnswer,
    refuses=(PartnerNotFound,),
)
def list_statements(slug: str) -> Response:
    return answer(closed_answer(wiring.services().statements.closed(slug)))


def _wants_csv() -> bool:
    """Is it the first thing that the caller accepts?"""
    accepted: str = routes.current_request.headers.get("accept", "")
    return accepted.partition(",")[0].partition(";")[0].strip().lower() == CSV
