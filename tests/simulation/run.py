"""One run of the simulation: a storm, then calm, then a long time in which nothing may be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import cast

from chalicelib.domain.ports import TenantStore
from chalicelib.handlers import sweep
from chalicelib.handlers.sweep import PERIOD
from tests.simulation.census import miscounts
from tests.simulation.checks import Checks, standing
from tests.simulation.operators import LONGEST_PAUSE, Operators
from tests.simulation.people import People
from tests.simulation.queues import SimQueues
from tests.simulation.roster import SimRoster
from tests.simulation.schedule import Schedule
from tests.simulation.store import SimTenants
from tests.simulation.storm import Severity, Storm
from tests.simulation.trace import Trace
from tests.simulation.vendors import vendors
from tests.simulation.workers import Workshop

STORM = 1500.0  # seconds
CONVERGED_WITHIN = 3  # sweep periods after the last fault
QUIET = 100  # sweep periods after that
STEP = 15.0  # seconds: how precisely the time of convergence is known


@dataclass
class Report:
    """What became of a seed; it is good when there are no violations."""

    seed: int
    trace_hash: str = ""
    violations: list[str] = field(default_factory=list)
    converged_after: float = 0.0  # seconds from the last fault
    runs: int = 0
    calls: int = 0
    events: int = 0
    lines: list[str] = field(default_factory=list)


def simulate(seed: int, severity: Severity | None = None, *, keep_trace: bool = False) -> Report:
    """The same seed is the same run, event by event."""
    simulation = Simulation(seed, severity or Severity(), keep_trace=keep_trace)
    try:
        simulation.run()
    finally:
        simulation.schedule.close()
    return simulation.report


class Simulation:
    def __init__(self, seed: int, severity: Severity, *, keep_trace: bool) -> None:
        self.report = Report(seed)
        self._random = Random(seed)  # noqa: S311 (a seed has to give the same run each time)
        self.schedule = Schedule()
        self.trace = Trace(self.schedule, keep=keep_trace)
        self.storm = Storm(self.schedule, self._random, self.trace, severity)
        self.shop = Workshop(
            self.schedule,
            self.storm,
            self.trace,
            tenants=SimTenants(self.schedule, self.storm),
            roster=SimRoster(),
            queues=SimQueues(self.schedule, self.storm, self.trace),
            vendors=vendors(self.schedule.seconds),
        )
        self.people = People(self.shop, self._random)
        self.checks = Checks(self.shop, self.people)
        self.operators = Operators(self.shop, self._random, self.checks.violated)
        self.checks.operators = self.operators
        self.shop.tenants.watcher, self.shop.judge = self.checks, self.operators.judge

    def run(self) -> None:
        self.shop.open(self._random.randint(2, 4))
        ids = self.people.begin(STORM, tenants=self._random.randint(2, 4), deeds=self._random.randint(2, 9))
        self.operators.begin(STORM, ids, deeds=self._random.randint(0, 3))
        self.storm.begin_outages(STORM)
        self.keep_sweeping()
        self.schedule.wait(STORM)
        self.storm.end()
        self._converge()
        self._rest()
        self.checks.check_end()
        self._conclude()

    def keep_sweeping(self) -> None:
        """Every PERIOD, for ever."""
        sweep.sweep(cast("TenantStore", self.shop.tenants), self.shop.queues, self.schedule.clock)
        self.schedule.after(PERIOD, self.keep_sweeping)

    def _converge(self) -> None:
        calm = self.schedule.now
        while self.checks.unconverged() and self.schedule.now < calm + CONVERGED_WITHIN * PERIOD:
            self.schedule.wait(STEP)
        self.report.converged_after = self.schedule.now - calm
        for tenant in self.checks.unconverged():
            self.checks.violated("not converged in time", *standing(tenant))

    def _rest(self) -> None:
        """Whatever is still under way may end, and pauses of repairs, too; then nobody writes to a vendor."""
        self.schedule.wait(LONGEST_PAUSE)
        self.operators.ask_for_looks()
        self.schedule.wait(PERIOD)
        self.storm.writes.clear()
        self.schedule.wait(QUIET * PERIOD)
        for integration, arrival in self.storm.writes:
            self.checks.violated(
                "written in peace", integration, arrival.method, arrival.path, *arrival.calls
            )

    def _conclude(self) -> None:
        for line in miscounts(self.shop, self.people):
            self.checks.violated("miscounted", line)
        report = self.report
        report.violations, report.trace_hash = self.checks.violations, self.trace.hash
        report.runs, report.calls = self.shop.runs, sum(self.storm.calls.values())
        report.events, report.lines = self.trace.length, self.trace.lines
