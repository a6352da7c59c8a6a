"""Trace: what happened, in order; two runs of a seed are the same run when their hashes are equal."""

from __future__ import annotations

import hashlib

from tests.simulation.schedule import Schedule


class Trace:
    def __init__(self, schedule: Schedule, *, keep: bool = False) -> None:
        self._schedule, self._keep = schedule, keep
        self._hash = hashlib.sha256()
        self.lines: list[str] = []
        self.length = 0

    def note(self, what: str, *facts: object) -> None:
        line = f"{self._schedule.now:.3f} {self._schedule.running.name} {what} {' '.join(map(str, facts))}"
        self._hash.update(line.encode() + b"\n")
        self.length += 1
        if self._keep:
            self.lines.append(line)

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()[:16]
