"""The queues of the simulation: messages get lost, repeated, late and out of order."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.integrations.sqs import VERSION, Hint
from tests.simulation.schedule import Actor, Schedule
from tests.simulation.storm import Storm
from tests.simulation.trace import Trace

VISIBILITY = 360.0  # seconds: six times what the function may take
RECEIVES = 5  # then a message goes to the dead letters
BATCH = 10
LONGEST_DELAY = 600.0  # seconds


@dataclass
class Message:
    number: int
    integration: Integration
    body: str
    sent: float  # milliseconds since 1970
    receives: int = 0
    comes_back_in: float = VISIBILITY

    @property
    def record(self) -> dict[str, object]:
        return {
            "messageId": str(self.number),
            "receiptHandle": str(self.number),
            "body": self.body,
            "attributes": {"SentTimestamp": str(int(self.sent))},
        }


@dataclass
class SimQueues:
    """ReconcileQueue, the sweep's queue and the handler's, all in one."""

    schedule: Schedule
    storm: Storm
    trace: Trace
    idle: list[Actor] = field(default_factory=list)
    dead: int = 0

    def __post_init__(self) -> None:
        self._ready: dict[Integration, list[Message]] = {each: [] for each in INTEGRATIONS}
        self._in_flight: dict[str, Message] = {}
        self._numbers = itertools.count(1)

    def hint(
        self,
        integration: Integration,
        tenant_id: str,
        reason: str,
        run_id: str,
        approved: str | None = None,
    ) -> None:
        self.hint_many([Hint(integration, tenant_id, reason, run_id, approved=approved)])

    def hint_many(self, hints: Sequence[Hint]) -> int:
        for hint in hints:
            if not self.storm.strikes(self.storm.severity.lost):
                self._send(hint)
        return len(hints)

    def hint_shards(self, shards: Sequence[object]) -> int:
        raise NotImplementedError("the simulation sweeps the whole fleet at once")

    def postpone(self, integration: Integration, receipt: str, delay: float) -> None:
        self._in_flight[receipt].comes_back_in = delay

    def receive(self) -> list[Message]:
        """A batch of one integration; the running actor sleeps until there is one."""
        me = self.schedule.running
        while not (waiting := [each for each in INTEGRATIONS if self._ready[each]]):
            self.idle.append(me)
            self.schedule.park()
        queue = self._ready[self.storm.random.choice(waiting)]
        size = self.storm.random.randint(1, min(BATCH, len(queue)))
        batch = [queue.pop(self.storm.random.randrange(len(queue))) for _ in range(size)]
        for message in batch:
            message.receives, message.comes_back_in = message.receives + 1, VISIBILITY
            self._in_flight[str(message.number)] = message
        return batch

    def settle(self, batch: Sequence[Message], failed: set[str]) -> None:
        """What failed comes back after its time; of the rest, some is delivered once more all the same."""
        for message in batch:
            del self._in_flight[str(message.number)]
            if str(message.number) in failed or self.storm.strikes(self.storm.severity.repeated):
                self._return(message)

    def _send(self, hint: Hint) -> None:
        body = {"version": VERSION, "tenantId": hint.tenant_id, "reason": hint.reason, "runId": ""}
        body |= {"approved": hint.approved} if hint.approved else {}
        for _ in range(2 if self.storm.strikes(self.storm.severity.repeated) else 1):
            sent = self.schedule.seconds() * 1000
            message = Message(next(self._numbers), hint.integration, json.dumps(body), sent)
            self.schedule.after(hint.delay + self._lateness(), partial(self._deliver, message))

    def _lateness(self) -> float:
        late = LONGEST_DELAY if self.storm.strikes(self.storm.severity.delayed) else 0.5
        return self.storm.random.uniform(0.0, late)

    def _return(self, message: Message) -> None:
        if message.receives >= RECEIVES:
            self.dead += 1
            self.trace.note("dead letter", message.number)
        else:
            self.schedule.after(message.comes_back_in, partial(self._deliver, message))

    def _deliver(self, message: Message) -> None:
        self._ready[message.integration].append(message)
        if self.idle:
            self.schedule.wake(self.idle.pop(self.storm.random.randrange(len(self.idle))))
