"""Fleet: all tenants together, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.provisioning import Integration, State
from chalicelib.domain.tenant import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """So many tenants have this status, and stand like this in the integrations."""

    status: Status
    states: Mapping[Integration, State]
    tenants: int


@dataclass(frozen=True, slots=True)
class MonthOfTenants:
    """month   "2026-11", in UTC"""

    month: str
    created: int = 0
    terminated: int = 0


class Fleet(Protocol):
    """Each in a bounded number of round trips, on indexes, however many tenants there are."""

    def standings(self) -> tuple[Standing, ...]:
        """All tenants. One round trip."""

    def troubles(self, search: str | None = None) -> Mapping[str, int]:
        """How many tenants have each trouble, as `trouble_of` names them. One round trip.

        search   the beginning of a slug, a name or a domain
        """

    def months(self, since: datetime) -> tuple[MonthOfTenants, ...]:
        """The months with any, oldest first. Two round trips."""
