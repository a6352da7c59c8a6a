"""The dashboard's pictures, out of the API's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.portal.views.charts import Bar, columns, waterfall

STEPS = ("new", "expansion", "returned", "contraction", "churn")


@dataclass(frozen=True, slots=True)
class Revenue:
    """
    months   MRR at the end of each month
    bridge   from the beginning of the last month to its end
    rows     the table behind both, as the API gives it
    """

    currency: str
    now: int
    months: tuple[Bar, ...]
    bridge: tuple[Bar, ...]
    rows: tuple[tuple[str, Mapping[str, int]], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """Live tenants at the end of each month, with who came and who went."""

    bars: tuple[Bar, ...]
    rows: tuple[tuple[str, int, int, int], ...]


def revenues(mrr: Mapping[str, Any]) -> tuple[Revenue, ...]:
    """One for each currency that there ever was in these months."""
    seen = {each["currency"] for month in mrr["months"] for each in month["bridges"]}
    now = {each["currency"]: each["amount"] for each in mrr["mrr"]}
    return tuple(_revenue(each, now.get(each, 0), mrr["months"]) for each in sorted(seen | set(now)))


def _revenue(currency: str, now: int, months: Sequence[Mapping[str, Any]]) -> Revenue:
    rows = tuple((month["month"], _bridge(month, currency)) for month in months)
    last = rows[-1][1] if rows else NOTHING
    return Revenue(
        currency=currency,
        now=now,
        months=columns([(month[2:], bridge["closing"]) for month, bridge in rows]),
        bridge=waterfall(last["opening"], [(step, last[step]) for step in STEPS]),
        rows=rows,
    )


NOTHING: Mapping[str, int] = dict.fromkeys(("opening", *STEPS, "closing"), 0)


def _bridge(month: Mapping[str, Any], currency: str) -> Mapping[str, int]:
    return next((each for each in month["bridges"] if each["currency"] == currency), NOTHING)


def growth(tenants: Mapping[str, Any]) -> Growth:
    """Counted backwards from today's live tenants."""
    live = tenants["total"] - tenants["byStatus"]["terminated"]
    rows: list[tuple[str, int, int, int]] = []
    for month in reversed(tenants["months"]):
        rows.append((month["month"], live, month["created"], month["terminated"]))
        live -= month["created"] - month["terminated"]
    rows.reverse()
    return Growth(columns([(month[2:], max(count, 0)) for month, count, _, _ in rows]), tuple(rows))
