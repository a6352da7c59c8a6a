"""Lists as the vendor gives them: searched, ordered, cut into pages, in an envelope.

Source   authentik API 2026.5, schema Pagination; Django REST framework, PageNumberPagination
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from infra.local.identity.fields import Record
from infra.local.identity.query import Query
from infra.local.identity.refusals import RefusedError

PAGE_SIZE = 20
LARGEST_PAGE = 100


def searched(records: Iterable[Record], fields: Sequence[str], words: str) -> list[Record]:
    """Every word must occur in at least one of `fields`, whatever its case."""
    wanted = words.lower().replace(",", " ").split()
    return [
        record
        for record in records
        if all(any(word in str(record.get(field, "")).lower() for field in fields) for word in wanted)
    ]


def ordered(records: Iterable[Record], standard: Sequence[str], asked: str) -> list[Record]:
    """By the asked fields (`-` turns one round), by the standard ones when none is known."""
    rows = list(records)
    known = [field for field in asked.split(",") if rows and field.lstrip("-") in rows[0]]
    for field in reversed(known or list(standard)):
        rows.sort(key=_by(field.lstrip("-")), reverse=field.startswith("-"))
    return rows


def _by(field: str) -> Callable[[Record], tuple[bool, float, str]]:
    return lambda row: _sortable(row.get(field))


def _sortable(value: Any) -> tuple[bool, float, str]:
    return (
        (value is not None, value, "") if isinstance(value, int) else (value is not None, 0, str(value or ""))
    )


def page_of(records: Sequence[Record], query: Query) -> tuple[Record, list[Record]]:
    """The `pagination` object and the records of the asked page.

    Raises   RefusedError 404 for a page that is no number or past the end
    """
    size, pages = _page_size(query), max(1, math.ceil(len(records) / _page_size(query)))
    asked = query.one("page") or "1"
    current = pages if asked == "last" else int(asked) if asked.isdecimal() else 0
    if not 1 <= current <= pages:
        raise RefusedError(404, {"detail": "Invalid page."})
    first = (current - 1) * size
    shown = list(records[first : first + size])
    counters = {
        "next": current + 1 if current < pages else 0,
        "previous": current - 1,
        "count": len(records),
        "current": current,
        "total_pages": pages,
        "start_index": first + 1 if shown else 0,
        "end_index": first + len(shown),
    }
    return counters, shown


def envelope(pagination: Record, results: Sequence[Record]) -> Record:
    return {"pagination": pagination, "results": list(results), "autocomplete": {}}


def _page_size(query: Query) -> int:
    asked = query.one("page_size")
    return min(int(asked), LARGEST_PAGE) if asked.isdecimal() and int(asked) > 0 else PAGE_SIZE
