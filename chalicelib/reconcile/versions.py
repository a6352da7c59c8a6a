"""Versions: each worker asks its vendor now and then which one it is; no work ever waits for that."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from chalicelib.domain.ports import Clock
from chalicelib.domain.version import SUPPORTED, SeenVersion, VersionSource, VersionStore, told

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=5)  # after a vendor that did not say it


class Versions:
    """One per worker, and so one per vendor."""

    def __init__(self, source: VersionSource, store: VersionStore, clock: Clock) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._due: datetime | None = None

    def look(self) -> None:
        """Ask, when it is time to. Trouble is logged and goes no further."""
        now = self._clock()
        if self._due and now < self._due:
            return
        self._due = now + AGAIN
        try:
            self._note(told(self._source.version()))
        except Exception as error:  # noqa: BLE001 (to know the version is no part of any work)
            facts = {"integration": self._source.integration, "failure": type(error).__name__}
            log.warning("version not known", extra=facts)
        else:
            self._due = now + EVERY

    def _note(self, version: str) -> None:
        seen = SeenVersion(id=self._source.integration, version=version, seen_at=self._clock())
        self._store.put(seen)
        if not seen.is_supported:
            facts = {"integration": seen.id, "version": version, "supported": str(SUPPORTED[seen.id])}
            log.warning("version not supported", extra=facts)
