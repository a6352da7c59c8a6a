"""Lists of Authentik, read to their end and believed only when they are whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from chalicelib.errors import TryLater
from chalicelib.integrations.calls import Call, Shape, shaped, unexpected
from chalicelib.integrations.downstream import Api

VENDOR = "Authentik"
PAGE_SIZE = 100  # the vendor's default maximum


class Keyed(Shape):
    """Whatever has a key of its own: a UUID, for users a number."""

    pk: str | int


class Pagination(Shape):
    next: int  # a page's number; 0 after the last
    count: int


class _Results(Shape):
    results: list[Any]


class Page(_Results):
    pagination: Pagination


K = TypeVar("K", bound=Keyed)


def everything(
    api: Api, path: str, params: Mapping[str, str], shape: type[K], gone: tuple[int, ...] = (404,)
) -> list[K]:
    """All objects of the list, which is read page by page.

    gone     the statuses that say that there is no such list or page (any more)
    Raises   TryLater "moved", or "unexpected-answer" for a list that repeats itself or is not whole;
             NeedsPerson, CredentialsRefused
    """
    found: list[K] = []
    count = 0
    for page in _pages(api, path, params, gone):
        found += [shaped(VENDOR, shape, each) for each in page.results]
        count = page.pagination.count
    if not len(found) == len({each.pk for each in found}) == count:
        raise unexpected(VENDOR)  # it changed while we read, or somebody cut it
    return found


def _pages(api: Api, path: str, params: Mapping[str, str], gone: tuple[int, ...]) -> Iterator[Page]:
    number = 1
    while number:
        asked = {**params, "page": str(number), "page_size": str(PAGE_SIZE)}
        answer = api.send(Call("GET", path, asked, accept=(200, *gone), is_read=True))
        if answer.status != 200:
            raise moved()
        page = answer.shaped(Page)
        yield page
        if 0 < page.pagination.next <= number:
            raise unexpected(VENDOR)  # a list that leads back to itself never ends
        number = page.pagination.next


def has_any(api: Api, path: str, params: Mapping[str, str]) -> bool:
    """Does the list hold anything?"""
    answer = api.send(Call("GET", path, {**params, "page_size": "1"}, is_read=True))
    return bool(answer.shaped(_Results).results)


def moved() -> TryLater:
    return TryLater("moved", f"{VENDOR} no longer has an object that was just there")
