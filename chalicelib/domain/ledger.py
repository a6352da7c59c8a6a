"""The ledger: what each tenant pays, and how it came to that. Events are added and never changed.

Each event carries where the tenant stood before and where it stands after it, so the last event of a day
is all that has to be known about that day. Within a tenant, days never go backwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from chalicelib.domain.days import Day, day_of, month_of
from chalicelib.domain.model import Model
from chalicelib.domain.money import Currency, Money, total
from chalicelib.domain.subscription import Standing, Subscription

Kind = Literal["begin", "terms", "partner", "end", "restore", "trial-end"]


class LedgerEvent(Model):
    """
    id              tenant and sequence: no two events can claim the same place
    day             from which it holds; `recorded_at` can be later
    paid_before     the currencies in which the tenant had ever paid until then
    partners        whom it concerns, before or after
    late_partners   the same for an event that was recorded after its month: it can concern closed statements
    """

    id: str
    tenant_id: str
    slug: str
    sequence: int
    kind: Kind
    day: Day
    recorded_at: datetime
    before: Standing | None = None
    after: Standing
    paid_before: tuple[Currency, ...] = ()
    partners: tuple[str, ...] = ()
    late_partners: tuple[str, ...] | None = None

    @property
    def is_late(self) -> bool:
        return month_of(self.day) < month_of(day_of(self.recorded_at))


def event_of(before: Subscription | None, after: Subscription) -> LedgerEvent:
    """The step from one to the other."""
    was = before.standing if before else None
    event = LedgerEvent(
        id=event_id(after.id, after.sequence),
        tenant_id=after.id,
        slug=after.slug,
        sequence=after.sequence,
        kind=_kind(was, after.standing),
        day=after.last_day,
        recorded_at=after.updated_at,
        before=was,
        after=after.standing,
        paid_before=before.paid_in if before else (),
        partners=_partners(was, after.standing),
    )
    return event.with_(late_partners=event.partners) if event.is_late and event.partners else event


def event_id(tenant_id: str, sequence: int) -> str:
    return f"{tenant_id}:{sequence:09}"


def standing_on(events: Iterable[LedgerEvent], day: Day) -> Standing | None:
    """Where a tenant stood at the end of that day. `events` are all of its own, in their order."""
    standing = None
    for each in events:
        if each.day > day:
            break
        standing = each.after
    return standing


def mrr_on(
    histories: Iterable[Sequence[LedgerEvent]], day: Day, partner_id: str | None = None
) -> tuple[Money, ...]:
    """What these tenants paid together on that day; with a partner, only those that were its own then."""
    found = (standing_on(events, day) for events in histories)
    counted = (each for each in found if each and partner_id in {None, each.partner_id})
    return tuple(each for each in total(standing.money for standing in counted) if each.amount)


def _partners(before: Standing | None, after: Standing) -> tuple[str, ...]:
    named = {before.partner_id if before else None, after.partner_id}
    return tuple(sorted(each for each in named if each))


def _kind(before: Standing | None, after: Standing) -> Kind:
    if before is None:
        return "begin"
    if "ended" in {before.status, after.status} and before.status != after.status:
        return "end" if after.status == "ended" else "restore"
    if before.with_(partner_id=after.partner_id) == after:
        return "partner"
    return "trial-end" if before.with_(status=after.status) == after else "terms"
