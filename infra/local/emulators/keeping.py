"""The state of an emulated world: one lock, one dictionary, saved after each change."""

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.emulators.snapshot import Snapshot

State = dict[str, Any]


class Kept:
    """A dictionary of plain JSON values that several threads read and change, one at a time."""

    def __init__(self, snapshot: Snapshot | None, fresh: State) -> None:
        self._snapshot = snapshot
        self._lock = threading.RLock()
        self._pretending = False
        self._state: State = (snapshot.load() if snapshot else None) or fresh

    @contextmanager
    def reading(self) -> Iterator[State]:
        """The state, which nobody changes meanwhile."""
        with self._lock:
            yield self._state

    @contextmanager
    def changing(self) -> Iterator[State]:
        """The state to change; it is saved at the end, also after a refusal halfway."""
        with self._lock:
            try:
                yield self._state
            finally:
                if self._snapshot and not self._pretending:
                    self._snapshot.save(self._state)

    @contextmanager
    def pretending(self) -> Iterator[None]:
        """Whatever happens inside is undone at the end and never saved."""
        with self._lock:
            before, self._pretending = copy.deepcopy(self._state), True
            try:
                yield
            finally:
                self._state, self._pretending = before, False
