"""Spans of time as the vendor writes them: `hours=24`, `hours=3;minutes=1`."""

import re
from datetime import timedelta
from typing import Any

from infra.local.identity.fields import WrongValueError

UNITS = ("milliseconds", "seconds", "minutes", "hours", "days", "weeks")
PART = re.compile(rf"({'|'.join(UNITS)})=(\d{{1,9}})")


def seconds_of(span: str) -> float:
    """Raises WrongValueError for anything else."""
    parts = [PART.fullmatch(part.strip().lower()) for part in span.strip(";").split(";")]
    if not all(parts):
        raise WrongValueError(f"{span} is not in the correct format of 'hours=3;minutes=1'.")
    return sum(timedelta(**{part[1]: int(part[2])}).total_seconds() for part in parts if part)


def duration(value: Any) -> str:
    """A check for fields."""
    seconds_of(str(value))
    return str(value)
