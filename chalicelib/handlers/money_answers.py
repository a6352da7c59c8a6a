"""What callers see of money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.catalogue import CATALOGUES, Catalogue, Interval, catalogue, catalogue_on
from chalicelib.domain.days import Day
from chalicelib.domain.ledger import Kind, LedgerEvent
from chalicelib.domain.money import Currency
from chalicelib.domain.mrr import Bridges
from chalicelib.domain.percent import percent_of
from chalicelib.domain.subscription import Standing, Subscription, SubscriptionStatus
from chalicelib.domain.tenant import Plan, Tenant
from chalicelib.handlers.answers import (
    Answer,
    DayText,
    Id,
    Instant,
    MoneyAnswer,
    SubscriptionAnswer,
    money_answer,
)
from chalicelib.services.mrr import MrrReport

MonthText = Annotated[str, Field(examples=["2026-11"])]


class PriceAnswer(Answer):
    """For one seat and one interval, in minor units."""

    currency: Currency
    interval: Interval
    amount: int


class OfferAnswer(Answer):
    plan: Plan
    files_per_seat: int
    mailbox_per_seat: int
    prices: tuple[PriceAnswer, ...]


class CatalogueVersionAnswer(Answer):
    version: int
    since: DayText
    plans: tuple[OfferAnswer, ...]


class CatalogueAnswer(Answer):
    """`today` is the version whose prices hold today."""

    today: int
    versions: tuple[CatalogueVersionAnswer, ...]


class SeatedSubscriptionAnswer(SubscriptionAnswer):
    """`seatsUsed` are the active members and invitations."""

    seats_used: int


class StandingAnswer(Answer):
    """`mrr` is in minor units of `currency`."""

    partner_id: Id | None
    plan: Plan
    seats: int
    interval: Interval
    currency: Currency
    unit_price: int
    discount_pct: float
    status: SubscriptionStatus
    mrr: int


class LedgerEventAnswer(Answer):
    sequence: int
    day: DayText
    recorded_at: Instant
    kind: Kind
    before: StandingAnswer | None
    after: StandingAnswer


class LedgerAnswer(Answer):
    items: tuple[LedgerEventAnswer, ...]
    next_cursor: str | None


class BridgeAnswer(Answer):
    """`opening` and the five movements add up to `closing`."""

    currency: Currency
    opening: int
    new: int
    expansion: int
    contraction: int
    churn: int
    returned: int
    closing: int


class MonthAnswer(Answer):
    month: MonthText
    bridges: tuple[BridgeAnswer, ...]


class MrrAnswer(Answer):
    """`mrr` at the end of `day`."""

    day: DayText
    mrr: tuple[MoneyAnswer, ...]
    months: tuple[MonthAnswer, ...]


def catalogue_answer(today: Day) -> CatalogueAnswer:
    return CatalogueAnswer(today=catalogue_on(today).version, versions=tuple(map(_version, CATALOGUES)))


def subscription_answer(tenant: Tenant, subscription: Subscription | None) -> SubscriptionAnswer:
    return SubscriptionAnswer(**_subscription(tenant, subscription))


def seated_answer(tenant: Tenant, subscription: Subscription | None, used: int) -> SeatedSubscriptionAnswer:
    return SeatedSubscriptionAnswer(**_subscription(tenant, subscription), seats_used=used)


def ledger_answer(events: Iterable[LedgerEvent], next_cursor: str | None) -> LedgerAnswer:
    return LedgerAnswer(items=tuple(map(_event, events)), next_cursor=next_cursor)


def mrr_answer(report: MrrReport) -> MrrAnswer:
    months = tuple(MonthAnswer(month=month, bridges=_bridges(of)) for month, of in report.months.items())
    return MrrAnswer(day=report.day, mrr=tuple(map(money_answer, report.amounts)), months=months)


def _version(version: Catalogue) -> CatalogueVersionAnswer:
    plans = tuple(
        OfferAnswer(
            plan=plan,
            files_per_seat=offer.files,
            mailbox_per_seat=offer.mailbox,
            prices=tuple(
                PriceAnswer(currency=currency, interval=interval, amount=amount)
                for (currency, interval), amount in offer.prices.items()
            ),
        )
        for plan, offer in version.offers.items()
    )
    return CatalogueVersionAnswer(version=version.version, since=version.since, plans=plans)


def _subscription(tenant: Tenant, subscription: Subscription | None) -> dict[str, object]:
    if subscription is None:
        nothing = dict.fromkeys(SubscriptionAnswer.model_fields)
        status: Literal["none"] = "none"
        return nothing | {"plan": tenant.plan, "discount_pct": 0.0, "status": status, "version": 0}
    standing = subscription.standing
    offer = catalogue(standing.catalogue).offers[standing.plan]
    of_standing = ("plan", "seats", "interval", "currency", "unit_price", "amount", "catalogue", "status")
    of_subscription = ("started_on", "trial_ends_on", "ended_on", "version")
    return {
        **{name: getattr(standing, name) for name in of_standing},
        **{name: getattr(subscription, name) for name in of_subscription},
        "discount_pct": percent_of(standing.discount_bps),
        "mrr": money_answer(standing.money),
        "files_bytes": offer.allowance(standing.seats).files,
        "mailbox_bytes": offer.mailbox,
    }


def _event(event: LedgerEvent) -> LedgerEventAnswer:
    return LedgerEventAnswer(
        sequence=event.sequence,
        day=event.day,
        recorded_at=event.recorded_at,
        kind=event.kind,
        before=_standing(event.before) if event.before else None,
        after=_standing(event.after),
    )


def _standing(standing: Standing) -> StandingAnswer:
    own = {name: getattr(standing, name) for name in StandingAnswer.model_fields if name != "discount_pct"}
    return StandingAnswer(**own, discount_pct=percent_of(standing.discount_bps))


def _bridges(bridges: Bridges) -> tuple[BridgeAnswer, ...]:
    fields = BridgeAnswer.model_fields
    return tuple(BridgeAnswer(**{name: getattr(each, name) for name in fields}) for each in bridges)
