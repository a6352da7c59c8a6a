"""Mrr: what is paid in a month, on any day, and how it came to that. Read from the ledger only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.billing_ports import LedgerStore, MonthStore
from chalicelib.domain.days import (
    Day,
    Month,
    day_of,
    first_day,
    last_day,
    month_before,
    month_of,
    months_from,
    next_month,
)
from chalicelib.domain.money import Money
from chalicelib.domain.mrr import Bridges, MonthOfMrr, Movement, amounts_of, bridges_of, closing_of
from chalicelib.domain.ports import Clock, UnitOfWork
from chalicelib.errors import ConcurrentChange

LAST: Month = "9999-12"
SETTLED = timedelta(hours=1)  # after a month's end, when every transaction that began in it is long over


@dataclass(frozen=True, slots=True)
class MrrReport:
    """`amounts` at the end of `day`; `months` in their order, each up to that day at most."""

    day: Day
    amounts: tuple[Money, ...]
    months: Mapping[Month, Bridges]


class Mrr:
    def __init__(self, ledger: LedgerStore, months: MonthStore, unit: UnitOfWork, clock: Clock) -> None:
        self._ledger = ledger
        self._months = months
        self._unit = unit
        self._clock = clock

    def today(self) -> Day:
        return day_of(self._clock())

    def report(self, day: Day, first: Month, last: Month) -> MrrReport:
        """The bridges from month to month, and what is paid on that day, which is not before them.

        Reads one small document for each month that is kept, and the events of those that are not.
        """
        bridges = self._bridges(first, day)
        wanted = {each: bridges[each] for each in months_from(first, last)}
        return MrrReport(day, amounts_of(bridges[month_of(day)]), wanted)

    def keep_months(self) -> int:
        """Keep the bridges of months that are over and not kept yet. Returns how many there were."""
        over = month_before(month_of(day_of(self._clock() - SETTLED)))
        kept = 0
        with suppress(ConcurrentChange):  # something late has been recorded at this moment: the next time
            for each in months_from(self._next(), over):
                self._keep(each)
                kept += 1
        return kept

    def _keep(self, month: Month) -> None:
        """Months are kept in their order, without a gap; the ledger is read before the transaction."""
        revision = self._months.revision()
        if month != self._next():
            raise ConcurrentChange
        kept = MonthOfMrr(id=month, bridges=self._bridges(month, last_day(month))[month])
        self._unit.run(lambda: self._months.keep(kept, revision))

    def _next(self) -> Month:
        """The month after the last one that is kept, or that in which the ledger begins."""
        latest = self._months.newest(LAST, 1)
        return next_month(latest[0].id) if latest else month_of(self._ledger.first_day() or LAST)

    def _bridges(self, first: Month, day: Day) -> dict[Month, Bridges]:
        """Of every month from `first` to that of `day`: what is kept, the rest from the ledger's events."""
        months = months_from(first, month_of(day))
        whole = months[-1] if day == last_day(months[-1]) else month_before(months[-1])
        kept = self._months.newest(whole, len(months) + 1)
        found: dict[Month, Bridges] = dict.fromkeys(months, ())
        found |= {each.id: each.bridges for each in kept}
        found |= dict(self._fresh(kept[0] if kept else None, day))
        return found

    def _fresh(self, kept: MonthOfMrr | None, day: Day) -> Iterator[tuple[Month, Bridges]]:
        """Month by month, from the one after the last that is kept."""
        opening = closing_of(kept.bridges) if kept else {}
        moved = self._ledger.movements(first_day(next_month(kept.id)) if kept else None, day)
        by_month: dict[Month, list[Movement]] = defaultdict(list)
        for each in moved:
            by_month[month_of(each.day)].append(each)
        begin = next_month(kept.id) if kept else min(by_month, default=LAST)
        for month in months_from(begin, month_of(day)):
            bridges = bridges_of(opening, by_month[month])
            opening = closing_of(bridges)
            yield month, bridges
