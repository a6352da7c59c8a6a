"""Times for people: how long ago, and exactly when."""

from __future__ import annotations

from datetime import UTC, datetime

STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (30, "day"), (12, "month"))


def ago(when: str, now: datetime) -> str:
    """ "3 minutes ago", "in 2 days"; `when` is an RFC 3339 instant as the API gives it."""
    seconds = (now - instant(when)).total_seconds()
    if abs(seconds) < 5:
        return "just now"
    amount = _amount(abs(seconds))
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def exact(when: str) -> str:
    """ "2026-11-22 17:43:57 UTC"."""
    return instant(when).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _amount(seconds: float) -> str:
    """ "3 minutes": whole units of the largest kind that there is at least one of."""
    count = int(seconds)
    for size, unit in STEPS:
        if count < size:
            return f"{count} {unit}" + ("" if count == 1 else "s")
        count //= size
    return f"{count} year" + ("" if count == 1 else "s")


def instant(when: str) -> datetime:
    """Raises ValueError."""
    return datetime.fromisoformat(when)
