"""How many documents the database sent, and in how many round trips."""

from __future__ import annotations

from pymongo import monitoring

READS = {"find", "getMore", "aggregate"}


class DocumentsRead(monitoring.CommandListener):
    def __init__(self) -> None:
        self._documents = 0
        self._trips = 0

    def taken(self) -> tuple[int, int]:
        """Documents and round trips since this was asked last."""
        taken = self._documents, self._trips
        self._documents = self._trips = 0
        return taken

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Its answer tells what was read."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.command_name in READS:
            cursor = event.reply["cursor"]
            self._documents += len(cursor.get("firstBatch", cursor.get("nextBatch", ())))
            self._trips += 1

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing was read."""
