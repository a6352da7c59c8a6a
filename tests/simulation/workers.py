"""Workers: containers of the reconcile functions. One that dies forgets everything and is started anew."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Unpack, cast

from chalice.app import SQSEvent

from chalicelib.domain.ports import Clock, TenantStore
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.handlers import reconcile_queue
from chalicelib.reconcile.gate import Gate
from chalicelib.reconcile.journal import Asked
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.reconciler import Reconciler
from tests.fakes_reconcile import FakeBreakers
from tests.simulation.network import connector
from tests.simulation.queues import Message, SimQueues
from tests.simulation.roster import SimRoster
from tests.simulation.schedule import Schedule
from tests.simulation.store import SimTenants
from tests.simulation.storm import Killed, Storm
from tests.simulation.trace import Trace
from tests.simulation.vendors import Vendor

TIMEOUT = 60.0  # seconds that the function may take
STALL = 100.0  # seconds, at most, that a worker stands still: longer than its lease


Judge = Callable[[Tenant, Integration, str | None, Outcome], None]


@dataclass
class Workshop:
    """Everything that workers share."""

    schedule: Schedule
    storm: Storm
    trace: Trace
    tenants: SimTenants
    roster: SimRoster
    queues: SimQueues
    vendors: dict[Integration, Vendor]
    breakers: FakeBreakers = field(default_factory=FakeBreakers)
    runs: int = 0
    judge: Judge = lambda *_: None
    tokens: Any = field(default_factory=lambda: itertools.count(1))

    def open(self, number: int) -> None:
        for each in range(number):
            self.schedule.spawn(f"worker-{each}", Worker(self).work)

    def new_id(self) -> str:
        return f"{next(self.tokens):032x}"


@dataclass
class Watched:
    """A reconciler, and somebody who judges what it did."""

    reconciler: Reconciler
    shop: Workshop

    @property
    def clock(self) -> Clock:
        return self.reconciler.clock

    def reconcile(
        self,
        integration: Integration,
        tenant_id: str,
        deadline: datetime | None = None,
        hinted_at: datetime | None = None,
        **asked: Unpack[Asked],
    ) -> Outcome:
        before = self.shop.tenants.stored[tenant_id]
        outcome = self.reconciler.reconcile(integration, tenant_id, deadline, hinted_at, **asked)
        self.shop.judge(before, integration, asked.get("approved"), outcome)
        return outcome


class Worker:
    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._ends = 0.0

    def work(self) -> None:
        while True:
            reconcilers = {each: Watched(self._reconciler(each), self._shop) for each in INTEGRATIONS}
            try:
                while True:
                    self._serve(self._shop.queues.receive(), reconcilers)
            except Killed:
                self._shop.schedule.wait(self._shop.storm.random.uniform(1.0, 20.0))

    def _reconciler(self, integration: Integration) -> Reconciler:
        shop, clock = self._shop, self._shop.schedule.clock
        return Reconciler(
            tenants=cast("TenantStore", shop.tenants),  # the engine needs no lists
            people=shop.roster,
            connectors={integration: connector(integration, shop.vendors[integration], shop.storm, clock)},
            clock=self._clock,
            new_id=shop.new_id,
            uniform=shop.storm.uniform,
            gate=Gate(shop.breakers, self._clock, shop.new_id, shop.storm.uniform),
        )

    def _serve(self, batch: list[Message], reconcilers: dict[Integration, Watched]) -> None:
        integration = batch[0].integration
        self._ends = self._shop.schedule.now + TIMEOUT
        event = SQSEvent({"Records": [message.record for message in batch]}, None)
        try:
            answer = reconcile_queue.handle(
                event, integration, reconcilers[integration], self._shop.queues, self._remaining
            )
        except Killed:
            self._shop.queues.settle(batch, {str(message.number) for message in batch})
            raise
        self._shop.runs += len(batch)
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        self._shop.trace.note("served", integration, len(batch), "failed", *sorted(failed))
        self._shop.queues.settle(batch, failed)

    def _clock(self) -> datetime:
        """The engine looks at the clock before it acts: that is where a worker may have stood still."""
        if self._shop.storm.strikes(self._shop.storm.severity.death / 4):
            self._shop.schedule.wait(self._shop.storm.random.uniform(1.0, STALL))
        return self._shop.schedule.clock()

    def _remaining(self) -> int:
        return int((self._ends - self._shop.schedule.now) * 1000)
