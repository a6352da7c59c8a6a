"""Pages of lists by position, so that they stay stable while rows come and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """
    sort    one of the list's own sorts: "slug", "name", "createdAt", …
    after   the sort key of the last row of the page before; sort keys are unique strings
    """

    limit: int = 50
    sort: str = "slug"
    descending: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is the position to ask for the following page with, None at the end."""

    items: tuple[T, ...]
    next: str | None = None
