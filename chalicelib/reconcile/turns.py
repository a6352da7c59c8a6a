"""Turns: only one worker at a time looks at an integration of a tenant, and only it writes what it saw."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.ports import Clock, NewId, TenantStore
from chalicelib.domain.provisioning import Integration, IntegrationStatus, Lease
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import ConcurrentChange
from chalicelib.reconcile.outcome import Outcome

LEASE = timedelta(seconds=60)
LAST_CALL = timedelta(seconds=15)  # the longest that one call to a vendor takes; none begins later than this
TRIES = 20  # of a conditional write: who loses one does so because somebody else got on
AT_REST = frozenset({"paused", "removed"})

Rewrite = Callable[[Tenant, IntegrationStatus], IntegrationStatus]


class NoTurn(Exception):
    """Never an error: the run ends here, with this outcome."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to look at `integration` of `tenant`, as that was when the turn began."""

    tenant: Tenant
    integration: Integration
    lease: Lease
    began: datetime

    @property
    def status(self) -> IntegrationStatus:
        return self.tenant.provisioning.of(self.integration)

    @property
    def last_call(self) -> datetime:
        """No call to the vendor begins after this: the next worker may begin when the lease ends."""
        return self.lease.until - LAST_CALL


@dataclass(frozen=True, slots=True)
class Turns:
    tenants: TenantStore
    clock: Clock
    new_id: NewId

    def take(self, integration: Integration, tenant_id: str, hinted_at: datetime | None) -> Turn:
        """Take the lease. Raises NoTurn when there is nothing to do, or someone else is at it."""
        for _ in range(TRIES):
            tenant, now = self._existing(tenant_id), self.clock()
            status = tenant.provisioning.of(integration)
            _check_free(status, now)
            _check_wanted(tenant, status, hinted_at)
            lease = Lease(token=self.new_id(), until=now + LEASE)
            leased = tenant.provisioning.with_status(integration, status.with_(lease=lease))
            if stored := self._saved(tenant.with_(provisioning=leased), tenant):
                return Turn(stored, integration, lease, began=now)
        raise NoTurn(_crowded())

    def note(self, turn: Turn, names: Collection[str]) -> None:
        """Write down what is about to be made, so that a worker that dies leaves word of it.

        Raises   NoTurn when another worker has taken the lease
        """
        self._rewritten(turn, lambda _, status: status.begins(names, self.clock()))

    def end(self, turn: Turn, rewrite: Rewrite) -> Tenant:
        """Write what was seen and give the lease back, unless another worker has taken it: then NoTurn.

        `rewrite` gets tenant and status as they are stored now, so nothing that changed since is lost.
        """
        return self._rewritten(turn, lambda tenant, status: rewrite(tenant, status).with_(lease=None))

    def _rewritten(self, turn: Turn, rewrite: Rewrite) -> Tenant:
        for _ in range(TRIES):
            tenant = self._existing(turn.tenant.id)
            status = tenant.provisioning.of(turn.integration)
            if status.lease is None or status.lease.token != turn.lease.token:
                raise NoTurn(Outcome("skipped", code="fenced", message="Another worker has taken over"))
            provisioning = tenant.provisioning.with_status(turn.integration, rewrite(tenant, status))
            if stored := self._saved(tenant.observed(provisioning, self.clock()), tenant):
                return stored
        raise NoTurn(_crowded())

    def _existing(self, tenant_id: str) -> Tenant:
        tenant = self.tenants.find(tenant_id)
        if tenant is None:
            raise NoTurn(Outcome("gone", code="no-such-tenant", message="There is no such tenant"))
        return tenant

    def _saved(self, tenant: Tenant, as_read: Tenant) -> Tenant | None:
        try:
            return self.tenants.save(tenant, as_read)
        except ConcurrentChange:
            return None


def _check_free(status: IntegrationStatus, now: datetime) -> None:
    if status.state in AT_REST:
        raise NoTurn(Outcome("skipped", code=status.state, message=f"This integration is {status.state}"))
    if status.lease is None:
        return
    # A lease that reaches further than any can was written by a clock that is wrong: it would lock us out.
    remaining = status.lease.until - now
    if timedelta(0) < remaining <= 2 * LEASE:
        raise NoTurn(_taken(remaining))


def _check_wanted(tenant: Tenant, status: IntegrationStatus, hinted_at: datetime | None) -> None:
    """A hint from before the last good look is answered already; a storm of them costs one read each."""
    if hinted_at is None or status.last_attempt_at is None or status.state != "ok":
        return
    if status.observed_generation == tenant.generation and hinted_at < status.last_attempt_at:
        raise NoTurn(Outcome("skipped", code="already-looked", message="A later look has answered this"))


def _taken(remaining: timedelta) -> Outcome:
    message = "Another worker is looking at it"
    return Outcome("later", delay=remaining.total_seconds(), code="lease-taken", message=message)


def _crowded() -> Outcome:
    """Too many others write this tenant; the lease, if we have it, ends by itself."""
    message = "The tenant is being changed by others"
    return Outcome("later", delay=LEASE.total_seconds(), code="concurrent-change", message=message)
