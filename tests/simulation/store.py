"""The database of the simulation: calls take time, may fail, and workers may die around them."""

from __future__ import annotations

from typing import Any, Protocol

from chalicelib.domain.page import Page
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import Unavailable
from tests.fakes import FakeTenants
from tests.simulation.schedule import Schedule
from tests.simulation.storm import Storm


class Watcher(Protocol):
    def written(self, tenant: Tenant, before: Tenant) -> None:
        """A worker is about to store `tenant` in the place of `before`."""


class SimTenants(FakeTenants):
    """FakeTenants as the workers see it; people use `people_save`, which neither waits nor fails."""

    def __init__(self, schedule: Schedule, storm: Storm) -> None:
        super().__init__()
        self._schedule, self._storm = schedule, storm
        self.watcher: Watcher | None = None

    def find(self, tenant_id: str) -> Tenant | None:
        self._go("find")
        return super().find(tenant_id)

    def save(self, tenant: Tenant, as_read: Tenant) -> Tenant:
        self._go("save")
        stored = super().find(as_read.id)
        saved = super().save(tenant, as_read)
        if self.watcher and stored:
            self.watcher.written(saved, stored)
        self._storm.may_kill("after save")
        if self._storm.strikes(self._storm.severity.database):
            raise Unavailable("the database did not answer")  # but it did store
        return saved

    def people_save(self, tenant: Tenant, as_read: Tenant) -> Tenant:
        return super().save(tenant, as_read)

    def due(self, *given: Any, **more: Any) -> Page[Tenant]:
        return super().due(*given, **more)

    def _go(self, what: str) -> None:
        self._schedule.wait(self._storm.random.uniform(0.001, 0.02))
        self._storm.may_kill(f"before {what}")
        if self._storm.strikes(self._storm.severity.database):
            raise Unavailable("the database does not answer")
