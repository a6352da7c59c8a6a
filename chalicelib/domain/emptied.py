"""Emptied: what the platform itself held of a tenant whose purge has begun, as far as it is deleted."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.model import Model


class Emptied(Model):
    """
    memberships   ended so far
    tickets       deleted so far
    done_at       when nothing was left
    """

    memberships: int = 0
    tickets: int = 0
    done_at: datetime | None = None

    def after(self, memberships: int, tickets: int, now: datetime) -> Emptied:
        """The same with so many more; when there were none, it is done."""
        if not (memberships or tickets):
            return self.with_(done_at=now)
        return self.with_(memberships=self.memberships + memberships, tickets=self.tickets + tickets)
