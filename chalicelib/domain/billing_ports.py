"""What the services of money need from outside, named by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chalicelib.domain.days import Day, Month
from chalicelib.domain.ledger import LedgerEvent
from chalicelib.domain.mrr import MonthOfMrr, Movement
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.statement import ClosedMonth, Statement
from chalicelib.domain.subscription import Subscription


class SubscriptionStore(Protocol):
    def add(self, subscription: Subscription) -> None:
        """Raises ConcurrentChange when the tenant has one."""

    def find(self, tenant_id: str) -> Subscription | None: ...

    def find_many(self, tenant_ids: Sequence[str]) -> Mapping[str, Subscription]:
        """By tenant id; tenants without one are left out."""

    def save(self, subscription: Subscription, as_read: Subscription) -> None:
        """Store it unless it changed since `as_read`: then ConcurrentChange."""

    def of_partner(self, partner_id: str) -> tuple[Subscription, ...]:
        """Those of the tenants that are the partner's now."""

    def trials_over(self, day: Day, limit: int) -> tuple[Subscription, ...]:
        """Trials that end on that day or ended before, oldest first."""


class LedgerStore(Protocol):
    def add(self, event: LedgerEvent) -> None:
        """Raises ConcurrentChange when its place is taken."""

    def page(self, tenant_id: str, request: PageRequest) -> Page[LedgerEvent]: ...

    def concerning(self, partner_id: str, since: Day) -> tuple[LedgerEvent, ...]:
        """Every event from that day on that moved a tenant to, within or away from the partner."""

    def concerned_before(self, partner_id: str, day: Day) -> bool:
        """Had the partner any tenant before that day?"""

    def first_late(self, partner_id: str) -> Day | None:
        """The earliest day of the events that concern the partner and were recorded after their month."""

    def movements(self, first: Day | None, last: Day) -> Iterable[Movement]:
        """What tenants paid, changed in these days; without `first`, from the beginning."""

    def first_day(self) -> Day | None: ...


class MonthStore(Protocol):
    """The bridges of months that are over: a cache of the ledger."""

    def newest(self, last: Month, limit: int) -> Sequence[MonthOfMrr]:
        """Those up to `last`, newest first."""

    def revision(self) -> int:
        """Grows whenever months are kept or forgotten."""

    def keep(self, month: MonthOfMrr, revision: int) -> None:
        """Raises ConcurrentChange when months were kept or forgotten since that revision."""

    def forget_since(self, month: Month) -> None:
        """Something that was recorded late changed this month, and so all that follow."""


class StatementStore(Protocol):
    def add(self, statement: Statement) -> None:
        """Raises AlreadyExists for a month that is closed."""

    def find(self, statement_id: str) -> Statement | None: ...

    def closed(self, partner_id: str) -> tuple[ClosedMonth, ...]:
        """The partner's closed months in their order, without lines."""

    def since(self, partner_id: str, first: Month) -> tuple[Statement, ...]:
        """The partner's closed statements from that month on, whole."""
