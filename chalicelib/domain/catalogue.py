"""The catalogue: what each plan costs and includes, in versions that hold from a day on.

A version that has begun is never edited: subscriptions refer to it. New prices are a new version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from chalicelib.domain.days import Day
from chalicelib.domain.model import Model
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Allowance, Plan

Interval = Literal["month", "year"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)
MONTHS: Mapping[Interval, int] = {"month": 1, "year": 12}

GIB = 2**30  # bytes
Prices = Mapping[tuple[Currency, Interval], int]  # minor units for one seat and one interval


class Offer(Model):
    """
    files     bytes of the shared space for each seat
    mailbox   bytes of each mailbox
    """

    files: int
    mailbox: int
    prices: Prices

    def allowance(self, seats: int) -> Allowance:
        return Allowance(seats=seats, files=seats * self.files, mailbox=self.mailbox)


class Catalogue(Model):
    version: int
    since: Day
    offers: Mapping[Plan, Offer]

    def price(self, plan: Plan, currency: Currency, interval: Interval) -> int:
        return self.offers[plan].prices[currency, interval]


def _prices(**monthly: int) -> Prices:
    """A year costs ten months."""
    by_month: dict[tuple[Currency, Interval], int] = {
        ("DKK", "month"): monthly["dkk"],
        ("EUR", "month"): monthly["eur"],
        ("USD", "month"): monthly["usd"],
    }
    by_year: dict[tuple[Currency, Interval], int] = {
        (currency, "year"): 10 * price for (currency, _), price in by_month.items()
    }
    return by_month | by_year


CATALOGUES: tuple[Catalogue, ...] = (
    Catalogue(
        version=1,
        since="2026-01-01",
        offers={
            "starter": Offer(files=2 * GIB, mailbox=5 * GIB, prices=_prices(dkk=4_500, eur=600, usd=700)),
            "business": Offer(
                files=20 * GIB, mailbox=50 * GIB, prices=_prices(dkk=8_900, eur=1_200, usd=1_300)
            ),
            "enterprise": Offer(
                files=200 * GIB, mailbox=100 * GIB, prices=_prices(dkk=16_400, eur=2_200, usd=2_400)
            ),
        },
    ),
    Catalogue(
        version=2,
        since="2027-01-01",
        offers={
            "starter": Offer(files=3 * GIB, mailbox=5 * GIB, prices=_prices(dkk=4_700, eur=630, usd=730)),
            "business": Offer(
                files=30 * GIB, mailbox=50 * GIB, prices=_prices(dkk=9_300, eur=1_250, usd=1_360)
            ),
            "enterprise": Offer(
                files=250 * GIB, mailbox=100 * GIB, prices=_prices(dkk=17_200, eur=2_300, usd=2_520)
            ),
        },
    ),
)


def catalogue_on(day: Day, catalogues: Sequence[Catalogue] = CATALOGUES) -> Catalogue:
    """The version that holds on that day; before all of them, the first."""
    begun = [each for each in catalogues if each.since <= day]
    return begun[-1] if begun else catalogues[0]


def catalogue(version: int, catalogues: Sequence[Catalogue] = CATALOGUES) -> Catalogue:
    return next(each for each in catalogues if each.version == version)
