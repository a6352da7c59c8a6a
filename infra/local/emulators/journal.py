"""Which requests an emulator received: what tests of "no write at all" look at."""

import itertools
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

LENGTH = 10_000
READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Arrival:
    """A request as the journal sees it: no body, no header, no token."""

    method: str
    path: str  # with its query
    calls: tuple[str, ...] = ()  # names of JMAP methods, in order

    @property
    def is_write(self) -> bool:
        """Whether it may change something; a JMAP request does so only through a `/set`."""
        if self.calls:
            return any(not name.endswith(("/get", "/query")) for name in self.calls)
        return self.method not in READS


class Journal:
    """The last 10,000 requests, numbered without a repeat; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._entries: deque[dict[str, Any]] = deque(maxlen=LENGTH)

    def add(self, arrival: Arrival, status: int | None, fault: str | None = None) -> None:
        """Note a request and its status; None is a connection that ended without an answer."""
        entry = {
            **asdict(arrival),
            "calls": list(arrival.calls),
            "status": status,
            "kind": "write" if arrival.is_write else "read",
            "fault": fault,
        }
        with self._lock:
            self._entries.append({"sequence": next(self._numbers), **entry})

    def entries(self, after: int = 0, kind: str | None = None) -> list[dict[str, Any]]:
        """Oldest first; optionally only those after a sequence number, or only reads or writes."""
        with self._lock:
            kept = list(self._entries)
        return [entry for entry in kept if entry["sequence"] > after and kind in {None, entry["kind"]}]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
