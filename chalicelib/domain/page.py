"""Pages of lists by position, so that they stay stable while rows come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")

SortValue = str | datetime | None


@dataclass(frozen=True, slots=True)
class Position:
    """The last row of a page: its sort value and its id, which together are unique."""

    value: SortValue
    id: str


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`sort` names a field of the document, its direction apart."""

    limit: int = 50
    sort: str = "slug"
    descending: bool = False
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    next: Position | None = None

    def map(self, change: Callable[[T], U]) -> Page[U]:
        return Page(tuple(change(each) for each in self.items), self.next)
