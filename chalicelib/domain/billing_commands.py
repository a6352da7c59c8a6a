"""What a caller may ask for about money, one class per verb."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.catalogue import Interval
from chalicelib.domain.commands import Command
from chalicelib.domain.days import GivenDay, GivenMonth
from chalicelib.domain.money import Currency
from chalicelib.domain.percent import Percent, basis_points
from chalicelib.domain.subscription import MOST_SEATS, Terms
from chalicelib.domain.tenant import Plan

Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]


class AgreeSubscription(Command):
    """The whole of the terms. `agreed` is the price while plan, interval and currency stay."""

    plan: Plan
    seats: Seats
    interval: Interval = "month"
    currency: Currency = "EUR"
    discount_pct: Percent = 0.0
    price: Literal["agreed", "today"] = "agreed"
    effective_on: GivenDay | None = None

    @property
    def terms(self) -> Terms:
        return Terms(
            plan=self.plan,
            seats=self.seats,
            interval=self.interval,
            currency=self.currency,
            discount_bps=basis_points(self.discount_pct),
            fresh_price=self.price == "today",
        )


class CloseStatement(Command):
    period: GivenMonth
