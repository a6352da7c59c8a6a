"""Lists: limit, order and cursor in, a page and the next cursor out."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from chalice.app import Blueprint
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chalicelib import wiring
from chalicelib.domain.page import Page, PageRequest
from chalicelib.handlers.http import caller

Q = TypeVar("Q", bound="ListQuery")


def _searchable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable")
    return text.strip()


Search = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_searchable)]


class PageQuery(BaseModel):
    """What every list takes. A leading dash in `sort` turns the order round."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=2_000)] | None = None
    sort: str

    def scope(self, path: str, reader: str) -> str:
        """Which list, which filter, which order, whose eyes: a cursor is good for exactly this."""
        narrowed = self.model_dump(by_alias=True, exclude={"limit", "cursor"}, exclude_none=True)
        return repr((path, reader, sorted(narrowed.items())))


class ListQuery(PageQuery):
    """The same for a list that can be searched."""

    q: Search | None = None


def page_request(routes: Blueprint, asked: PageQuery) -> PageRequest:
    """Raises BadCursor."""
    after = wiring.cursors().open(asked.cursor, _scope(routes, asked)) if asked.cursor else None
    return PageRequest(
        limit=asked.limit,
        sort=asked.sort.removeprefix("-"),
        descending=asked.sort.startswith("-"),
        after=after,
    )


def next_cursor(routes: Blueprint, asked: PageQuery, page: Page[Any]) -> str | None:
    return None if page.next is None else wiring.cursors().seal(page.next, _scope(routes, asked))


def _scope(routes: Blueprint, asked: PageQuery) -> str:
    return asked.scope(routes.current_request.path, caller(routes).user.id)
