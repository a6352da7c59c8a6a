"""Notebook: what one turn is about to make, written down before the calls that make it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from chalicelib.domain.ports import Clock
from chalicelib.reconcile.turns import Turn, Turns

# A call that was cut off may still be worked on by the vendor: 30 s are counted with, and as many in reserve.
SETTLES = timedelta(seconds=60)
FRESH = timedelta(seconds=10)  # how long a note is young enough for another call of the same turn


class Notebook:
    """One write for a turn that is short, and one every few seconds in one that is long."""

    def __init__(self, turns: Turns, turn: Turn, clock: Clock) -> None:
        self._turns = turns
        self._turn = turn
        self._clock = clock
        self._noted_at: datetime | None = None

    def __call__(self, names: Collection[str]) -> None:
        """Raises NoTurn when another worker has taken the lease."""
        now = self._clock()
        if self._noted_at is None or now - self._noted_at >= FRESH:
            self._turns.note(self._turn, names)
            self._noted_at = now
