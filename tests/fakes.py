"""Fakes by role. Each passes the contract test of the real thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from chalicelib.domain.audit import AuditEvent
from chalicelib.domain.page import Page
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import Person
from chalicelib.errors import AlreadyExists, ConcurrentChange, DomainTaken, TenantNotFound
from tests.builders import NOON

T = TypeVar("T")


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class FakeUnitOfWork:
    """Runs the work; callbacks follow when the outermost run ends without an exception."""

    def __init__(self) -> None:
        self._depth = 0
        self._callbacks: list[Callable[[], None]] = []

    def run(self, work: Callable[[], T]) -> T:
        self._depth += 1
        try:
            result = work()
        except BaseException:
            self._callbacks.clear()
            raise
        finally:
            self._depth -= 1
        self._call_back()
        return result

    def after_commit(self, then: Callable[[], None]) -> None:
        self._callbacks.append(then)
        self._call_back()

    def _call_back(self) -> None:
        while not self._depth and self._callbacks:
            self._callbacks.pop(0)()


class FakeTenants:
    """TenantStore without lists: what services and the engine need to change tenants."""

    def __init__(self, *tenants: Tenant) -> None:
        self.stored = {each.id: each for each in tenants}
        self.domains_due_at: dict[str, datetime] = {}

    def look_at_domains(self, tenant_id: str, at: datetime) -> None:
        self.domains_due_at[tenant_id] = at

    def domains_due(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        due = {each: self.domains_due_at.get(each, datetime.max.replace(tzinfo=UTC)) for each in self.stored}
        waiting = sorted((at, each) for each, at in due.items() if at <= now)
        fresh = [(now, each) for each in self.stored if each not in self.domains_due_at]
        return tuple(self.stored[each] for _, each in [*waiting, *fresh][:limit])

    def add(self, tenant: Tenant) -> None:
        if any(each.slug == tenant.slug for each in self.stored.values()):
            raise AlreadyExists("Tenant", tenant.slug)
        self._check_domains(tenant)
        self.stored[tenant.id] = tenant

    def get(self, slug: str) -> Tenant:
        for each in self.stored.values():
            if each.slug == slug:
                return each
        raise TenantNotFound

    def find(self, tenant_id: str) -> Tenant | None:
        return self.stored.get(tenant_id)

    def find_many(self, tenant_ids: Sequence[str]) -> tuple[Tenant, ...]:
        return tuple(
            sorted((self.stored[each] for each in tenant_ids if each in self.stored), key=lambda t: t.slug)
        )

    def save(self, tenant: Tenant, as_read: Tenant) -> Tenant:
        if tenant.id not in self.stored or self.stored[tenant.id].revision != as_read.revision:
            raise ConcurrentChange
        self._check_domains(tenant)
        self.stored[tenant.id] = tenant.with_(revision=as_read.revision + 1)
        return self.stored[tenant.id]

    def due(
        self, now: datetime, limit: int, after: str | None = None, shard: str | None = None
    ) -> Page[Tenant]:
        mine = [t for t in self.stored.values() if shard is None or t.id.startswith(shard)]
        waiting = sorted((t for t in mine if t.due_at <= now), key=lambda t: (t.due_at, t.id))
        start = int(after or 0)
        more = len(waiting) > start + limit
        return Page(tuple(waiting[start : start + limit]), str(start + limit) if more else None)

    def past_retention(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        over = [t for t in self.stored.values() if t.purge_after and t.purge_after <= now and not t.purging]
        return tuple(sorted(over, key=lambda t: (t.purge_after, t.id))[:limit])

    def _check_domains(self, tenant: Tenant) -> None:
        others = [t for t in self.stored.values() if t.id != tenant.id and t.lifecycle != "terminated"]
        taken = {domain for each in others for domain in each.domains}
        if tenant.lifecycle != "terminated" and taken & set(tenant.domains):
            raise DomainTaken


class FakeRoster:
    """Roster: the same people in every tenant, until a test says otherwise."""

    def __init__(self, *people: Person) -> None:
        self.people = people

    def people_of(self, tenant_id: str) -> tuple[Person, ...]:
        return self.people


class FakeAudit:
    def __init__(self) -> None:
        self.events: list[AuditEvent] = []

    def add(self, event: AuditEvent) -> None:
        self.events.append(event)


class FakeQueue:
    """Remembers every hint as (integration, tenant id, reason), and the plans that were approved."""

    def __init__(self) -> None:
        self.hints: list[tuple[Integration, str, str]] = []
        self.approved: dict[Integration, str | None] = {}
        self.dead: dict[Integration, int] = {}

    def hint(
        self, integration: Integration, tenant_id: str, reason: str, run_id: str, approved: str | None = None
    ) -> None:
        self.hints.append((integration, tenant_id, reason))
        self.approved[integration] = approved

    def counts(self) -> dict[Integration, int]:
        """DeadLetters."""
        return self.dead

    def redrive(self, integration: Integration, most: float) -> int:
        return self.dead.pop(integration, 0)
