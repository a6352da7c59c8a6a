"""EventBridge's cron expressions, but for `L`, `W` and `#`.

Source   Amazon EventBridge user guide, "Cron expressions": minutes hours day-of-month month day-of-week year
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]  # 1 to 7
LAST_YEAR = 2199
PART = re.compile(r"(\*|\?|\w+)(?:-(\w+))?(?:/(\d+))?")


@dataclass(frozen=True)
class Cron:
    """Which minutes, hours, days, months, days of the week and years are meant; all in UTC."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def has(self, day: date) -> bool:
        is_in_month = day.day in self.days and day.month in self.months
        return is_in_month and day.isoweekday() % 7 + 1 in self.weekdays and day.year in self.years

    def after(self, now: datetime) -> Iterator[datetime]:
        """Every moment after `now`, in order."""
        day = now.date()
        while day.year <= max(self.years):
            if self.has(day):
                yield from (moment for moment in self._moments(day) if moment > now)
            day += timedelta(days=1)

    def _moments(self, day: date) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def times_of(expression: str, now: datetime) -> Iterator[datetime]:
    """The moments of `cron(…)` after `now`. Raises ValueError for what is not understood here."""
    return parsed(expression).after(now)


def parsed(expression: str) -> Cron:
    """Raises ValueError for what is not understood here."""
    inside = re.fullmatch(r"cron\((.+)\)", expression)
    fields = inside[1].split() if inside else []
    if len(fields) != 6:
        raise ValueError("this is no cron expression of six fields")
    minutes, hours, days, months, weekdays, years = fields
    return Cron(
        minutes=_values(minutes, 0, 59),
        hours=_values(hours, 0, 23),
        days=_values(days, 1, 31),
        months=_values(_numbered(months, MONTHS), 1, 12),
        weekdays=_values(_numbered(weekdays, DAYS), 1, 7),
        years=_values(years, 1970, LAST_YEAR),
    )


def _numbered(field: str, names: list[str]) -> str:
    for number, name in enumerate(names, start=1):
        field = field.upper().replace(name, str(number))
    return field


def _values(field: str, lowest: int, highest: int) -> frozenset[int]:
    return frozenset(value for part in field.split(",") for value in _part(part, lowest, highest))


def _part(part: str, lowest: int, highest: int) -> range:
    pieces = PART.fullmatch(part)
    if pieces is None:
        raise ValueError(f"{part!r} is not understood")
    begin, end, step = pieces.groups()
    if begin in {"*", "?"}:
        first, last = lowest, highest
    else:
        first = _number(begin, lowest, highest)
        last = _number(end, lowest, highest) if end else (highest if step else first)
    return range(first, last + 1, _number(step, 1, highest) if step else 1)


def _number(text: str, lowest: int, highest: int) -> int:
    if not text.isdigit() or not lowest <= int(text) <= highest:
        raise ValueError(f"{text!r} is not understood")
    return int(text)
