"""Storm: what may go wrong on the way, drawn from the seed, until it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from infra.local.emulators.journal import Arrival
from tests.simulation.schedule import Schedule
from tests.simulation.trace import Trace

FAULTS = (
    *("drop-before-commit", "drop-after-commit", "429", "busy", "500", "502", "503", "html", "truncate"),
    *("empty-list", "stale", "lie", "late", "slow"),
)
ON_WRITES, ON_READS = {"lie", "late"}, {"stale", "empty-list"}  # faults of one of them only
LATE = 25.0  # seconds, at most, that a write takes effect after its caller has given up
LONGEST_ANSWER = 4.0  # seconds: three tries of a read stay below the 15 that a call may take


class Killed(BaseException):
    """The worker is gone, and what it knew; nothing may catch this."""


@dataclass(frozen=True)
class Severity:
    """How often things go wrong while the storm lasts, from 0 to 1, and which faults there are."""

    fault: float = 0.1  # of calls
    death: float = 0.01  # of the moments before and after calls to vendors and to the database
    database: float = 0.01  # of calls to the database
    lost: float = 0.15  # of messages
    repeated: float = 0.15
    delayed: float = 0.15
    faults: tuple[str, ...] = FAULTS
    outages: int = 2
    longest_outage: float = 180.0  # seconds


class Storm:
    """The weather of the whole simulation, also for the database and for messages."""

    def __init__(self, schedule: Schedule, random: Random, trace: Trace, severity: Severity) -> None:
        self._schedule, self.random, self._trace, self.severity = schedule, random, trace, severity
        self.is_on = True
        self.late_until = 0.0  # when the last of the writes that take effect late does so
        self._down: dict[Integration, float] = {}
        self.calls: dict[Integration, int] = dict.fromkeys(INTEGRATIONS, 0)
        self.writes: list[tuple[Integration, Arrival]] = []

    def begin_outages(self, duration: float) -> None:
        for _ in range(self.random.randrange(self.severity.outages + 1)):
            vendor = self.random.choice(INTEGRATIONS)
            start, length = (
                self.random.uniform(0, duration),
                self.random.uniform(10, self.severity.longest_outage),
            )
            self._schedule.after(start, partial(self.fall, vendor, length))

    def before(self, integration: Integration, arrival: Arrival) -> str:
        self._schedule.wait(self.random.uniform(0.005, 0.2))
        self.may_kill(f"before {arrival.method}")
        self.calls[integration] += 1
        if arrival.is_write:
            self.writes.append((integration, arrival))
        fault = self._fault(integration, arrival)
        self._schedule.running.was_misled |= fault == "stale"
        self._trace.note("call", integration, arrival.method, arrival.path, *arrival.calls, fault)
        if fault == "slow":
            self._schedule.wait(self.random.uniform(1.0, LONGEST_ANSWER))
        return "" if fault == "slow" else fault

    def after(self, integration: Integration, arrival: Arrival) -> None:
        self._schedule.wait(self.random.uniform(0.001, 0.1))
        self.may_kill(f"after {arrival.method}")

    def later(self, act: Callable[[], object]) -> None:
        delay = self.random.uniform(0.1, LATE)
        self.late_until = max(self.late_until, self._schedule.now + delay)
        self._schedule.after(delay, partial(self._arrive, act))

    def sleep(self, seconds: float) -> None:
        self._schedule.wait(seconds)

    def uniform(self) -> float:
        return self.random.random()

    def strikes(self, share: float) -> bool:
        return self.is_on and self.random.random() < share

    def may_kill(self, moment: str) -> None:
        """Raises Killed."""
        if self.strikes(self.severity.death):
            self._trace.note("killed", moment)
            raise Killed(moment)

    def _fault(self, integration: Integration, arrival: Arrival) -> str:
        if self._down.get(integration, 0.0) > self._schedule.now:
            return "down"
        if not self.strikes(self.severity.fault):
            return ""
        fault = self.random.choice(self.severity.faults)
        needed = ON_WRITES if arrival.is_write else ON_READS
        return fault if fault in needed or fault not in ON_WRITES | ON_READS else ""

    def fall(self, integration: Integration, seconds: float) -> None:
        if self.is_on:
            self._trace.note("outage", integration, f"{seconds:.0f}")
            self._down[integration] = self._schedule.now + seconds

    def _arrive(self, act: Callable[[], object]) -> None:
        self._trace.note("late write arrives")
        act()

    def end(self) -> None:
        """From now on everything works."""
        self.is_on = False
        self._down.clear()
        self._trace.note("calm")
