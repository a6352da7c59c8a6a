"""Workers: containers of the reconcile functions. One that dies forgets everything and is started anew."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from chalice.app import SQSEvent

from chalicelib.domain.ports import TenantStore
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.handlers import reconcile_queue
from chalicelib.reconcile.gate import Gate
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
    tokens: Any = field(default_factory=lambda: itertools.count(1))

    def open(self, number: int) -> None:
        for each in range(number):
            self.schedule.spawn(f"worker-{each}", Worker(self).work)

    def new_id(self) -> str:
        return f"{next(self.tokens):032x}"


class Worker:
    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._ends = 0.0

    def work(self) -> None:
        while True:
            reconcilers = {each: self._reconciler(each) for each in INTEGRATIONS}
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

    def _serve(self, batch: list[Message], reconcilers: dict[Integration, Reconciler]) -> None:
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
