"""A partner's margin through time: each entry holds from its day until the next one's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.days import Day, day_of, month_of
from chalicelib.domain.model import Model


class MarginFrom(Model):
    """`bps` basis points from `since` on. Entries are only added; of one day the later one holds."""

    since: Day
    bps: int
    recorded_at: datetime

    @property
    def is_late(self) -> bool:
        """Recorded after its month: it can concern closed statements."""
        return month_of(self.since) < month_of(day_of(self.recorded_at))


def margin_on(margins: Sequence[MarginFrom], day: Day) -> int:
    """The margin of that day; before the first entry, that of the first; without any, none."""
    if not margins:
        return 0
    in_order = sorted(
        margins, key=lambda each: each.since
    )  # stable: of one day, the last recorded stays last
    begun = [each for each in in_order if each.since <= day]
    return begun[-1].bps if begun else in_order[0].bps
