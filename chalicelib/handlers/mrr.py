"""The route of what is paid in a month, and how it moves."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR
from chalicelib.domain.days import Day, GivenDay, GivenMonth, Month, month_before, month_of, months_from
from chalicelib.errors import Unprocessable
from chalicelib.handlers.http import answer, query
from chalicelib.handlers.money_answers import MrrAnswer, mrr_answer
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)

USUAL, MOST = 12, 60  # months


class MrrQuery(BaseModel):
    """`day` is today unless it is given; the months are the twelve up to it, at most 60."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: GivenDay | None = None
    first: Annotated[GivenMonth | None, Field(alias="from")] = None
    last: Annotated[GivenMonth | None, Field(alias="to")] = None

    def window(self, today: Day) -> tuple[Day, Month, Month]:
        """The day, and the first and the last month. Raises Unprocessable for what cannot be shown."""
        day = self.day or today
        last = self.last or month_of(day)
        first = self.first or _months_before(last, USUAL - 1)
        if day > today:
            raise _wrong("day", "is in the future")
        if last > month_of(day):
            raise _wrong("to", "must not be after the month of the day")
        if not first <= last or len(months_from(first, last)) > MOST:
            raise _wrong("from", f"must be at most {MOST} months up to `to`")
        return day, first, last


@routes.route("/stats/mrr", methods=["GET"])
@operation(
    OPERATOR, "What is paid in a month, by currency, and how it moved", query=MrrQuery, gives=MrrAnswer
)
def get_mrr() -> Response:
    mrr = wiring.services().mrr
    day, first, last = query(routes, MrrQuery).window(mrr.today())
    return answer(mrr_answer(mrr.report(day, first, last)))


def _months_before(month: Month, count: int) -> Month:
    for _ in range(count):
        month = month_before(month)
    return month


def _wrong(field: str, message: str) -> Unprocessable:
    return Unprocessable("These months cannot be shown", [{"field": field, "message": message}])
