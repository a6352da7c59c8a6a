"""When to look again. `uniform` draws from [0, 1); pure otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

Uniform = Callable[[], float]

BASE = 2.0  # seconds
CAP = 900.0  # 15 min: also the longest that a queue message can be delayed
DRIFT = 3600.0  # seconds between two looks at an integration that is in order
SPREAD = 0.1  # of a period, both ways: a fleet created in one hour is not looked at in one minute
DOUBLINGS = 10  # BASE doubled that often is beyond CAP


def backoff(attempts: int, uniform: Uniform, asked: float | None = None) -> float:
    """Seconds until the next try after `attempts` failures in a row: `asked` and full jitter, at most CAP."""
    ceiling: float = min(CAP, BASE * 2 ** min(max(attempts - 1, 0), DOUBLINGS))
    return min(CAP, max(asked or 0.0, 0.0) + ceiling * uniform())


def drift_period(uniform: Uniform) -> float:
    """Seconds until the next look at an integration that is in order."""
    return jittered(timedelta(seconds=DRIFT), uniform).total_seconds()


def jittered(period: timedelta, uniform: Uniform) -> timedelta:
    """Somewhere around `period`, so that what began together does not stay together."""
    return period * (1 - SPREAD + 2 * SPREAD * uniform())
