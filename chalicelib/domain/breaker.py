"""Breaker: whether an integration is called at all while it seems to be away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration, IntegrationError, Lease

NAMES: Mapping[Integration, str] = {"authentik": "Authentik", "stalwart": "Stalwart", "ocis": "oCIS"}
LONGEST_PAUSE = timedelta(minutes=5)
PROBE = timedelta(seconds=60)  # as long as a worker's lease: a probe that takes longer is given up
# A time that reaches further than any can was written by a clock that is wrong: it would lock us out.
BELIEVED = 2

BreakerState = Literal["closed", "open", "probing"]


class Breaker(Model):
    """One integration's, shared by all workers. Nothing stored reads as closed, at version 0.

    failures    in a row, that meant that the vendor is away
    openings    in a row: how often it was opened without a good answer in between
    opened_at   None while it is closed
    probe_at    when one call may find out whether the vendor is back
    probe       who makes that call; nobody when it is over or was given up
    """

    id: Integration
    failures: int = 0
    openings: int = 0
    opened_at: datetime | None = None
    error: IntegrationError | None = None
    probe_at: datetime | None = None
    probe: Lease | None = None
    version: int = 0

    @property
    def state(self) -> BreakerState:
        if self.opened_at is None:
            return "closed"
        return "probing" if self.probe else "open"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    @property
    def message(self) -> str:
        """Why, for people."""
        if self.error and self.error.code == "credentials-refused":
            return f"{NAMES[self.id]} does not accept our credentials"
        return f"{NAMES[self.id]} does not answer"

    def wait(self, now: datetime) -> timedelta:
        """How long nobody may probe; nothing left means that somebody should."""
        left = self.probe_at - now if self.probe_at else timedelta(0)
        return left if timedelta(0) < left <= BELIEVED * LONGEST_PAUSE else timedelta(0)

    def is_probed(self, now: datetime) -> bool:
        left = self.probe.until - now if self.probe else timedelta(0)
        return timedelta(0) < left <= BELIEVED * PROBE

    def is_probed_by(self, token: str) -> bool:
        return self.probe is not None and self.probe.token == token

    def failed(self, error: IntegrationError) -> Breaker:
        return self.with_(failures=self.failures + 1, error=error)

    def opened(self, now: datetime, pause: timedelta, error: IntegrationError) -> Breaker:
        """Nobody calls the vendor for `pause`, also when it was open before."""
        return self.with_(
            openings=self.openings + 1,
            opened_at=self.opened_at or now,
            error=error,
            probe_at=now + pause,
            probe=None,
        )

    def probed(self, probe: Lease | None) -> Breaker:
        return self.with_(probe=probe)

    def closed(self) -> Breaker:
        return Breaker(id=self.id, version=self.version)
