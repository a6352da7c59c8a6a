"""Fakes for the engine, the queue and the sweep; by role, like those of `fakes.py`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Unpack

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import INTEGRATIONS, Integration, IntegrationStatus, Provisioning
from chalicelib.domain.run import Run
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import AlreadyExists, ConcurrentChange
from chalicelib.reconcile.gate import Gate
from chalicelib.reconcile.journal import Asked
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.reconciler import Reconciler
from tests.builders import an_id
from tests.fakes import FakeClock, FakeRoster, FakeTenants


class FakeConnector:
    """A vendor that holds one set of domain names. Every call may be watched, or fail."""

    integration: Integration = "authentik"

    def __init__(self, *held: str, failing: Exception | None = None, fails_at: str = "observe") -> None:
        self.held = list(held)
        self.calls: list[str] = []
        self.before: dict[str, Callable[[], object]] = {}  # what happens when the call of that name begins
        self.lies = False  # accepts every change and does nothing
        self._failing = failing
        self._fails_at = fails_at

    def fail_with(self, failure: Exception) -> None:
        self._failing = failure

    def observe(self, tenant: Tenant) -> tuple[str, ...]:
        self._called("observe")
        return tuple(self.held)

    def diff(self, tenant: Tenant, observed: tuple[str, ...]) -> tuple[Step, ...]:
        missing = [name for name in tenant.domains if name not in observed]
        return tuple(Step(action="add", sentence=f"Add {name}", target=name) for name in missing)

    def apply(self, tenant: Tenant, step: Step) -> None:
        self._called("apply")
        if not self.lies:
            self.held.append(step.target)

    def ids(self, observed: tuple[str, ...]) -> dict[str, str]:
        return {name: f"id-{name}" for name in observed}

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before.pop(name, lambda: None)()
        if self._failing and self._fails_at == name:
            raise self._failing


class BusyTenants(FakeTenants):
    """FakeTenants whose saves are refused a number of times, as if others wrote at the same moment."""

    def __init__(self, *tenants: Tenant, refusals: int = 0) -> None:
        super().__init__(*tenants)
        self.refusals = refusals
        self.saves = 0

    def save(self, tenant: Tenant, as_read: Tenant) -> Tenant:
        if self.refusals:
            self.refusals -= 1
            raise ConcurrentChange
        self.saves += 1
        return super().save(tenant, as_read)


class FakeBreakers:
    """BreakerStore; `before_save` is what another worker does at the last moment."""

    def __init__(self, *breakers: Breaker) -> None:
        self.stored: dict[Integration, Breaker] = {each.id: each for each in breakers}
        self.reads = 0
        self.before_save: Callable[[], object] = lambda: None
        self._saving = threading.Lock()

    def get(self, integration: Integration) -> Breaker:
        self.reads += 1
        return self.stored.get(integration) or Breaker(id=integration)

    def save(self, breaker: Breaker, as_read: Breaker) -> Breaker:
        then, self.before_save = self.before_save, lambda: None
        then()
        with self._saving:
            stored = self.stored.get(breaker.id) or Breaker(id=breaker.id)
            if stored.version != as_read.version:
                raise ConcurrentChange
            self.stored[breaker.id] = breaker.with_(version=as_read.version + 1)
            return self.stored[breaker.id]

    def all(self) -> tuple[Breaker, ...]:
        return tuple(self.stored.get(each) or Breaker(id=each) for each in INTEGRATIONS)


class FakeRuns:
    """RunStore without lists; `failing` is what every write ends with."""

    def __init__(self, failing: Exception | None = None) -> None:
        self.added: list[Run] = []
        self.failing = failing

    def add(self, run: Run) -> None:
        if self.failing:
            raise self.failing
        if run.id in {each.id for each in self.added}:
            raise AlreadyExists("Run", run.id)
        self.added.append(run)


class FakeReconciler:
    """Answers with the given outcomes in turn, `done` when there are none left; an exception is raised."""

    def __init__(self, clock: Callable[[], datetime], *outcomes: Outcome | Exception) -> None:
        self.clock = clock
        self.calls: list[tuple[Any, ...]] = []
        self.asked: list[Asked] = []
        self._outcomes = list(outcomes)

    def reconcile(
        self,
        integration: Integration,
        tenant_id: str,
        deadline: datetime | None = None,
        hinted_at: datetime | None = None,
        **asked: Unpack[Asked],
    ) -> Outcome:
        self.asked.append(asked)
        self.calls.append((integration, tenant_id, deadline, hinted_at))
        outcome = self._outcomes.pop(0) if self._outcomes else Outcome("done")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class FakeHints:
    """The queue's side of sweep and handler: what was sent in bulk, and what was put off."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.batches: list[int] = []
        self.shards: list[Any] = []
        self.postponed: list[tuple[Integration, str, float]] = []

    def hint_many(self, hints: Sequence[Any]) -> int:
        self.batches.append(len(hints))
        self.sent.extend(hints)
        return len(hints)

    def hint_shards(self, shards: Sequence[Any]) -> int:
        self.shards.extend(shards)
        return len(shards)

    def postpone(self, integration: Integration, receipt: str, delay: float) -> None:
        self.postponed.append((integration, receipt, delay))


class Stage:
    """A reconciler with everything around it in reach."""

    def __init__(self, tenant, connector=None, tenants=None, uniform=0.5, breakers=None):
        self.tenant = tenant
        self.tenants = tenants or FakeTenants(tenant)
        self.connector = connector or FakeConnector()
        self.clock = FakeClock()
        self.breakers = breakers or FakeBreakers()
        self.runs = FakeRuns()
        connectors = {"authentik": self.connector}
        self.reconciler = Reconciler(
            self.tenants,
            FakeRoster(),
            connectors,
            self.clock,
            an_id,
            lambda: uniform,
            gate=Gate(self.breakers, self.clock, an_id, lambda: uniform),
            runs=self.runs,
        )

    def run(self, **given):
        return self.reconciler.reconcile("authentik", self.tenant.id, **given)

    @property
    def stored(self):
        return self.tenants.stored[self.tenant.id]

    @property
    def status(self):
        return self.stored.provisioning.authentik


def with_status(**given):
    return Provisioning(authentik=IntegrationStatus(**given))
