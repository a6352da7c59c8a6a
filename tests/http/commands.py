"""A witness of what is sent to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import monitoring

OURS = {"find", "aggregate", "insert", "update", "delete", "findAndModify", "getMore", "count", "distinct"}
ENDS = {"commitTransaction", "abortTransaction"}


class Commands(monitoring.CommandListener):
    def __init__(self) -> None:
        self._seen: list[dict[str, Any]] | None = None

    @contextmanager
    def recorded(self) -> Iterator[list[dict[str, Any]]]:
        """The commands sent inside of the block, each as it went over the wire."""
        self._seen = seen = []
        try:
            yield seen
        finally:
            self._seen = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self._seen is not None and event.command_name in OURS | ENDS:
            self._seen.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to note."""
