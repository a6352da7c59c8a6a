"""How long the driver waited for the database."""

from __future__ import annotations

from pymongo import monitoring


class DatabaseTime(monitoring.CommandListener):
    """Sums up what each command took, from sending it to its answer."""

    def __init__(self) -> None:
        self._micros = 0

    def taken(self) -> float:
        """Seconds since this was asked last."""
        micros, self._micros = self._micros, 0
        return micros / 1e6

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Its end tells how long it took."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self._micros += event.duration_micros

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self._micros += event.duration_micros
