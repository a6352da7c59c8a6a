"""Subscriptions: what tenants have agreed to, and how it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.domain.actor import SCHEDULE, Actor
from chalicelib.domain.billing_commands import AgreeSubscription
from chalicelib.domain.days import Day, day_of, shifted
from chalicelib.domain.ledger import LedgerEvent
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.subscription import Subscription, Terms
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import ConcurrentChange, PreconditionFailed, SeatsInUse, Unprocessable
from chalicelib.services.billing import Billing, Books
from chalicelib.services.changes import TenantChanges
from chalicelib.services.means import Means

BACKDATED = 365  # days, at most
TRIALS = 100  # in one go; the schedule comes again


@dataclass(frozen=True, slots=True)
class Seated:
    """What a tenant is subscribed to, None for one from before there were subscriptions, and who uses it."""

    tenant: Tenant
    subscription: Subscription | None
    seats_used: int


class Subscriptions:
    def __init__(self, means: Means, books: Books, billing: Billing) -> None:
        self._tenants = means.tenants
        self._users = means.users
        self._records = means.records
        self._clock = means.clock
        self._books = books
        self._billing = billing
        self._changes = TenantChanges(means, billing)

    def get(self, tenant: Tenant) -> Seated:
        found = self._books.subscriptions.find(tenant.id)
        return Seated(tenant, found, self._users.seats_taken(tenant.id))

    def of(self, tenants: Sequence[Tenant]) -> Mapping[str, Subscription]:
        """By tenant id, in one round trip; none for no tenants."""
        return self._books.subscriptions.find_many([each.id for each in tenants]) if tenants else {}

    def ledger(self, tenant: Tenant, request: PageRequest) -> Page[LedgerEvent]:
        return self._books.ledger.page(tenant.id, request)

    def agree(
        self, actor: Actor, tenant: Tenant, wish: AgreeSubscription, if_version: int | None = None
    ) -> Seated:
        """The same terms again change nothing.

        Raises   PreconditionFailed when `if_version` is not the stored one, SeatsInUse, ImpossibleMove
                 on a terminated tenant, Unprocessable for a day that cannot be, ConcurrentChange
        """
        tenant.check_move("change")
        before = self._books.subscriptions.find(tenant.id)
        if if_version not in {None, before.version if before else 0}:
            raise PreconditionFailed
        day, terms = self._day(tenant, before, wish.effective_on), wish.terms
        if before and before.agreed(terms, day, self._clock()) is before:
            return self.get(tenant)

        def changed(stored: Tenant) -> Tenant:
            self._check_seats(stored, terms)
            return self._billing.agree(stored.changed(self._clock()), terms, day)

        def record(_: Tenant, saved: Tenant) -> None:
            after = self._books.subscriptions.find(saved.id)
            if after:
                self._records.subscription(actor, "subscription.change", saved, before, after)

        return self.get(self._changes.apply(tenant, changed, record))

    def end_trials(self) -> int:
        """From the day on which its trial ends, a tenant pays. Returns how many there were.

        One that somebody changes at this moment is left for the next time.
        """
        over = self._books.subscriptions.trials_over(day_of(self._clock()), TRIALS)
        for each in over:
            with suppress(ConcurrentChange):
                self._end_trial(each)
        return len(over)

    def _end_trial(self, before: Subscription) -> None:
        tenant = self._tenants.find(before.id)
        if tenant is None:
            return

        def changed(stored: Tenant) -> Tenant:
            return self._billing.end_trial(stored.changed(self._clock()))

        def record(_: Tenant, saved: Tenant) -> None:
            after = self._books.subscriptions.find(saved.id)
            if after:
                self._records.subscription(SCHEDULE, "subscription.trial-end", saved, before, after)

        self._changes.apply(tenant, changed, record)

    def _day(self, tenant: Tenant, before: Subscription | None, wished: Day | None) -> Day:
        """From when it holds. Raises Unprocessable."""
        today = day_of(self._clock())
        begin = before.last_day if before else day_of(tenant.created_at)
        if wished is None:
            return max(today, begin)
        earliest = max(begin, shifted(today, -BACKDATED))
        if not earliest <= wished <= today:
            message = f"must be between {earliest} and {today}"
            raise Unprocessable("The day cannot be accepted", [{"field": "effectiveOn", "message": message}])
        return wished

    def _check_seats(self, tenant: Tenant, terms: Terms) -> None:
        if self._users.seats_taken(tenant.id) > terms.seats:
            raise SeatsInUse(terms.seats)
