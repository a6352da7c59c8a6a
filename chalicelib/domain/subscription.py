"""Subscription: what a tenant has agreed to, and what it pays for it. One for each tenant, under its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import computed_field

from chalicelib.domain.catalogue import MONTHS, Interval, catalogue, catalogue_on
from chalicelib.domain.days import Day, shifted
from chalicelib.domain.model import Model
from chalicelib.domain.money import WHOLE, Currency, Money, half_up
from chalicelib.domain.tenant import Plan, Tenant

SubscriptionStatus = Literal["trial", "active", "ended"]

FIRST_SEATS = 5
MOST_SEATS = 100_000
TRIAL = 30  # days


class Standing(Model):
    """Everything that decides what is billed to whom; ledger events tell how it changed.

    unit_price    minor units for one seat and one interval, as agreed
    catalogue     the version that the price is from
    partner_id    who has the margin on it
    """

    partner_id: str | None = None
    plan: Plan
    seats: int
    interval: Interval
    currency: Currency
    unit_price: int
    discount_bps: int = 0
    catalogue: int
    status: SubscriptionStatus

    @property
    def amount(self) -> int:
        """What one interval costs after the discount."""
        return half_up(self.unit_price * self.seats, WHOLE - self.discount_bps, WHOLE)

    @computed_field  # type: ignore[prop-decorator]  # documents carry it, for sums in the database
    @property
    def mrr(self) -> int:
        """What is billed for one month: of a year, its twelfth."""
        if self.status != "active":
            return 0
        share = WHOLE - self.discount_bps
        return half_up(self.unit_price * self.seats, share, WHOLE * MONTHS[self.interval])

    @property
    def money(self) -> Money:
        return Money(currency=self.currency, amount=self.mrr)

    def priced(self, day: Day) -> Standing:
        """The same at the prices of that day."""
        current = catalogue_on(day)
        price = current.price(self.plan, self.currency, self.interval)
        return self.with_(unit_price=price, catalogue=current.version)


@dataclass(frozen=True, slots=True)
class Terms:
    """What can be agreed. `fresh_price` gives up the agreed price for that of the day."""

    plan: Plan
    seats: int
    interval: Interval = "month"
    currency: Currency = "EUR"
    discount_bps: int = 0
    fresh_price: bool = False


class Subscription(Model):
    """
    id          the tenant's
    sequence    of its last ledger event, which took effect on `last_day`
    paid_in     the currencies in which it ever paid something
    """

    id: str
    slug: str
    standing: Standing
    started_on: Day
    trial_ends_on: Day | None = None
    ended_on: Day | None = None
    sequence: int = 1
    last_day: Day
    paid_in: tuple[Currency, ...] = ()
    updated_at: datetime
    version: int = 1

    def agreed(self, terms: Terms, day: Day, at: datetime) -> Subscription:
        """The same under other terms; a trial ends with it."""
        return self._standing(_under(self.standing, terms, day), day, at)

    def followed(self, tenant: Tenant, day: Day, at: datetime) -> Subscription:
        """The same as the tenant is now: its partner, its plan, and whether it is terminated."""
        standing = self.standing.with_(partner_id=tenant.partner_id, status=self._status(tenant, day))
        if standing.plan != tenant.plan:
            standing = standing.with_(plan=tenant.plan).priced(day)
        return self._standing(standing, day, at)

    def allow(self, tenant: Tenant) -> Tenant:
        """The tenant with what this subscription gives it and costs it. Nothing else ever writes these."""
        standing = self.standing
        offer = catalogue(standing.catalogue).offers[standing.plan]
        return tenant.with_(plan=standing.plan, allowance=offer.allowance(standing.seats), mrr=standing.money)

    def _status(self, tenant: Tenant, day: Day) -> SubscriptionStatus:
        if tenant.lifecycle == "terminated":
            return "ended"
        on_trial = self.trial_ends_on is not None and day < self.trial_ends_on
        return "trial" if on_trial else "active"

    def _standing(self, standing: Standing, day: Day, at: datetime) -> Subscription:
        """One step further in the ledger; itself when nothing that is billed differs."""
        if standing == self.standing:
            return self
        return self.with_(
            standing=standing,
            ended_on=day if standing.status == "ended" else None,
            trial_ends_on=day if _ends_trial(self.standing, standing) else self.trial_ends_on,
            sequence=self.sequence + 1,
            last_day=day,
            paid_in=_paid(self.paid_in, standing),
            updated_at=at,
            version=self.version + 1,
        )


def begun(tenant: Tenant, terms: Terms, day: Day, at: datetime, *, trial: bool = False) -> Subscription:
    standing = Standing(
        partner_id=tenant.partner_id,
        plan=terms.plan,
        seats=terms.seats,
        interval=terms.interval,
        currency=terms.currency,
        discount_bps=terms.discount_bps,
        unit_price=0,
        catalogue=0,
        status="trial" if trial else "active",
    ).priced(day)
    return Subscription(
        id=tenant.id,
        slug=tenant.slug,
        standing=standing,
        started_on=day,
        trial_ends_on=shifted(day, TRIAL) if trial else None,
        last_day=day,
        paid_in=_paid((), standing),
        updated_at=at,
    )


def first_terms(plan: Plan) -> Terms:
    return Terms(plan=plan, seats=FIRST_SEATS)


def _under(standing: Standing, terms: Terms, day: Day) -> Standing:
    newer = standing.with_(
        plan=terms.plan,
        seats=terms.seats,
        interval=terms.interval,
        currency=terms.currency,
        discount_bps=terms.discount_bps,
        status="active",
    )
    is_same_price = all(
        getattr(newer, each) == getattr(standing, each) for each in ("plan", "interval", "currency")
    )
    return newer if is_same_price and not terms.fresh_price else newer.priced(day)


def _ends_trial(before: Standing, after: Standing) -> bool:
    return before.status == "trial" and after.status == "active"


def _paid(before: tuple[Currency, ...], standing: Standing) -> tuple[Currency, ...]:
    return tuple(sorted({*before, standing.currency})) if standing.mrr else before
