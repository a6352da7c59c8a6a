"""Days and months as text: "2026-11-22", "2026-11". They sort as they follow each other, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

Day = str
Month = str

DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
EARLIEST, LATEST = "2000-01-01", "2199-12-31"


def day_of(moment: datetime) -> Day:
    return moment.astimezone(UTC).date().isoformat()


def shifted(day: Day, days: int) -> Day:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def days_from(first: Day, last: Day) -> int:
    """How many days there are from `first` to `last`, both counted."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def month_of(day: Day) -> Month:
    return day[:7]


def next_month(month: Month) -> Month:
    return month_of(shifted(f"{month}-01", 31))


def month_before(month: Month) -> Month:
    return month_of(shifted(f"{month}-01", -1))


def first_day(month: Month) -> Day:
    return f"{month}-01"


def last_day(month: Month) -> Day:
    return shifted(first_day(next_month(month)), -1)


def months_from(first: Month, last: Month) -> tuple[Month, ...]:
    """Every month from `first` to `last`, both included; none when `last` is earlier."""
    found: list[Month] = []
    while first <= last:
        found.append(first)
        first = next_month(first)
    return tuple(found)


def _existing(text: str) -> str:
    """The same text. Raises ValueError for a day that no calendar has, or one far from any business."""
    if not EARLIEST <= date.fromisoformat(text).isoformat() <= LATEST:
        raise ValueError(f"must be between {EARLIEST} and {LATEST}")
    return text


def _existing_month(text: str) -> str:
    return _existing(first_day(text))[:7]


# What callers type; inside, a Day or a Month is already one.
GivenDay = Annotated[str, Field(pattern=DAY, examples=["2026-11-22"]), AfterValidator(_existing)]
GivenMonth = Annotated[str, Field(pattern=MONTH, examples=["2026-11"]), AfterValidator(_existing_month)]
