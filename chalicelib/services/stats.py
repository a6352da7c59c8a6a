"""Stats: the fleet in numbers, for the operators' dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.domain.attention import DRIFT, Cause, trouble_of
from chalicelib.domain.fleet import Fleet, MonthOfTenants, Standing
from chalicelib.domain.ports import Clock
from chalicelib.domain.provisioning import INTEGRATIONS, STATES, Integration, State
from chalicelib.domain.tenant import STATUSES, Status
from chalicelib.services.attention import Attention

MONTHS = 12  # this one included


@dataclass(frozen=True, slots=True)
class FleetStats:
    """
    states   of each integration, how many tenants stand there
    drift    of each integration, how many tenants differ there though nobody wished so
    paused   the same, where an operator has paused the repair
    months   the last MONTHS, oldest first, also those without any
    """

    by_status: Mapping[Status, int]
    states: Mapping[Integration, Mapping[State, int]]
    drift: Mapping[Integration, int]
    paused: Mapping[Integration, int]
    attention: Mapping[Cause, int]
    months: tuple[MonthOfTenants, ...]


class Stats:
    def __init__(self, fleet: Fleet, attention: Attention, clock: Clock) -> None:
        self._fleet = fleet
        self._attention = attention
        self._clock = clock

    def of_fleet(self) -> FleetStats:
        """Six round trips, however many tenants there are."""
        standings, troubles = self._fleet.standings(), self._fleet.troubles()
        return FleetStats(
            by_status=_by_status(standings),
            states={each: _states(standings, each) for each in INTEGRATIONS},
            drift={each: troubles.get(trouble_of(DRIFT, each), 0) for each in INTEGRATIONS},
            paused={each: troubles.get(trouble_of("drift-paused", each), 0) for each in INTEGRATIONS},
            attention=self._attention.counts(troubles),
            months=self._months(),
        )

    def _months(self) -> tuple[MonthOfTenants, ...]:
        months = _last_months(self._clock())
        first = datetime.strptime(months[0], "%Y-%m").replace(tzinfo=UTC)
        found = {each.month: each for each in self._fleet.months(first)}
        return tuple(found.get(each, MonthOfTenants(each)) for each in months)


def _by_status(standings: tuple[Standing, ...]) -> dict[Status, int]:
    found = Counter[Status]()
    for each in standings:
        found[each.status] += each.tenants
    return {status: found[status] for status in STATUSES}


def _states(standings: tuple[Standing, ...], integration: Integration) -> dict[State, int]:
    found = Counter[State]()
    for each in standings:
        found[each.states[integration]] += each.tenants
    return {state: found[state] for state in STATES}


def _last_months(now: datetime) -> tuple[str, ...]:
    this = now.year * 12 + now.month - 1
    return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in range(this - MONTHS + 1, this + 1))
