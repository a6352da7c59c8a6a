"""Operators: they approve plans, pause the repair of drift, and change things at the vendors by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

from chalicelib.domain.plan import IntegrationPlan
from chalicelib.domain.provisioning import INTEGRATIONS, DriftPause, Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.planner import Planner
from chalicelib.services.drift import Part
from tests.simulation.hands import meddle
from tests.simulation.network import Calm, connector
from tests.simulation.workers import Workshop

THOUGHT = 20.0  # seconds, at most, between a plan and its approval
LONGEST_PAUSE = 400.0  # seconds


@dataclass
class Operators:
    """`seen` counts what became of their deeds, so that a test can tell that they happen at all."""

    shop: Workshop
    random: Random
    violated: Callable[..., None]
    seen: Counter[str] = field(default_factory=Counter)
    _plans: dict[str, list[str]] = field(default_factory=dict)  # sentences by digest
    _meddled: dict[tuple[str, Integration], float] = field(default_factory=dict)

    def begin(self, duration: float, tenant_ids: list[str], deeds: int) -> None:
        for tenant_id in tenant_ids:
            for _ in range(deeds):
                moment = self.random.uniform(0.0, duration)
                self.shop.schedule.after(moment, partial(self._act, tenant_id))

    def has_meddled(self, tenant_id: str, integration: Integration, since: float) -> bool:
        return self._meddled.get((tenant_id, integration), -1.0) >= since

    def ask_for_looks(self) -> None:
        """At everything: whatever was changed by hand is found now, not in an hour."""
        for tenant in self.shop.tenants.stored.values():
            for integration in INTEGRATIONS:
                self.shop.queues.hint(integration, tenant.id, "operator", "")

    def judge(self, before: Tenant, integration: Integration, approved: str | None, outcome: Outcome) -> None:
        """A worker looked at an integration of a tenant that was stored as `before` a moment earlier."""
        done = [step.sentence for step in outcome.steps]
        if approved:
            self.seen["moved" if outcome.code == "plan-moved" else "approved"] += bool(done or outcome.code)
            if done != self._plans[approved][: len(done)]:
                self.violated("more was done than approved", before.slug, integration, *done)
        elif self._leaves_drift(before, integration):
            after = self.shop.tenants.stored[before.id]
            self.seen["drift left"] += outcome.code == "drift-left"
            if done and self._leaves_drift(after, integration) and after.generation == before.generation:
                self.violated("drift was repaired in a pause", before.slug, integration, *done)

    def _act(self, tenant_id: str) -> None:
        tenant = self.shop.tenants.stored.get(tenant_id)
        if tenant is None or tenant.purging or not self.shop.storm.is_on:
            return
        integration = self.random.choice(INTEGRATIONS)
        self.random.choice([self._plan, self._pause, self._meddle])(tenant, integration)

    def _plan(self, tenant: Tenant, integration: Integration) -> None:
        calm = {
            each: connector(each, self.shop.vendors[each], Calm(), self.shop.schedule.clock)
            for each in [integration]
        }
        (part,) = Planner(calm, self.shop.roster).plan(tenant).parts
        if part.problem is None:
            thought = self.random.uniform(0.0, THOUGHT)
            self.shop.schedule.after(thought, partial(self._approve, tenant.id, part))

    def _approve(self, tenant_id: str, part: IntegrationPlan) -> None:
        self._plans[part.digest] = [step.sentence for step in part.steps]
        self.shop.trace.note("operator", "approves", part.integration, len(part.steps))
        self.shop.queues.hint(part.integration, tenant_id, "plan", "", part.digest)

    def _pause(self, tenant: Tenant, integration: Integration) -> None:
        now = self.shop.schedule.clock()
        until = now + timedelta(seconds=round(self.random.uniform(60.0, LONGEST_PAUSE)))
        pause = DriftPause(reason="a look at it", until=until, by="o1", generation=tenant.generation)
        self.shop.trace.note("operator", "pauses", tenant.slug, integration)
        self.shop.tenants.people_save(Part(tenant, integration).with_pause(pause, now), tenant)
        self._meddle(tenant, integration)

    def _meddle(self, tenant: Tenant, integration: Integration) -> None:
        self.shop.trace.note("operator", "meddles", tenant.slug, integration)
        self._meddled[tenant.id, integration] = self.shop.schedule.now
        meddle(integration, self.shop.vendors[integration], tenant)
        self.shop.queues.hint(integration, tenant.id, "operator", "")

    def _leaves_drift(self, tenant: Tenant, integration: Integration) -> bool:
        status = tenant.provisioning.of(integration)
        return status.leaves_drift(tenant.generation, self.shop.schedule.clock())
