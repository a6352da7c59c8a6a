"""Billing: whatever changes a tenant changes its subscription and the ledger with it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.billing_ports import LedgerStore, MonthStore, SubscriptionStore
from chalicelib.domain.days import Day, day_of, month_of
from chalicelib.domain.ledger import event_of
from chalicelib.domain.ports import Clock
from chalicelib.domain.subscription import Subscription, Terms, begun, first_terms
from chalicelib.domain.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Books:
    """Where money is kept."""

    subscriptions: SubscriptionStore
    ledger: LedgerStore
    months: MonthStore


class Billing:
    """Every method runs inside the transaction of the change and answers the tenant as it is to be saved."""

    def __init__(self, books: Books, clock: Clock) -> None:
        self._books = books
        self._clock = clock

    def begin(self, tenant: Tenant, *, trial: bool) -> Tenant:
        """A new tenant with its first subscription."""
        day = day_of(tenant.created_at)
        subscription = begun(tenant, first_terms(tenant.plan), day, tenant.created_at, trial=trial)
        return self._keep(None, subscription, tenant)

    def follow(self, before: Tenant, after: Tenant, day: Day | None = None) -> Tenant:
        """The subscription becomes what the tenant became: another plan, another partner, ended, restored.

        day   from which it holds; never before the subscription's last change
        """
        if _as_billed(before) == _as_billed(after):
            return after
        subscription = self._books.subscriptions.find(after.id)
        if subscription is None:
            return after  # from before there were subscriptions: nothing is billed until one is agreed
        now = self._clock()
        since = max(day or day_of(now), subscription.last_day)
        return self._keep(subscription, subscription.followed(after, since, now), after)

    def agree(self, tenant: Tenant, terms: Terms, day: Day) -> Tenant:
        """The same tenant under these terms."""
        now, subscription = self._clock(), self._books.subscriptions.find(tenant.id)
        if subscription is None:
            return self._keep(None, begun(tenant, terms, day, now), tenant)
        return self._keep(subscription, subscription.agreed(terms, day, now), tenant)

    def end_trial(self, tenant: Tenant) -> Tenant:
        """The tenant's trial is over: it pays from the day that was told at its beginning."""
        subscription = self._books.subscriptions.find(tenant.id)
        if subscription is None or subscription.standing.status != "trial":
            return tenant
        ends = max(subscription.trial_ends_on or "", subscription.last_day)
        return self._keep(subscription, subscription.followed(tenant, ends, self._clock()), tenant)

    def _keep(self, before: Subscription | None, after: Subscription, tenant: Tenant) -> Tenant:
        if before == after:
            return after.allow(tenant)
        if before:
            self._books.subscriptions.save(after, before)
        else:
            self._books.subscriptions.add(after)
        event = event_of(before, after)
        self._books.ledger.add(event)
        if event.is_late:
            self._books.months.forget_since(month_of(event.day))
        return after.allow(tenant)


def _as_billed(tenant: Tenant) -> tuple[str, str | None, bool]:
    return tenant.plan, tenant.partner_id, tenant.lifecycle == "terminated"
