"""Questions to Stalwart, several in a request: searches by filter, and look-ups by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from chalicelib.errors import TryLater
from chalicelib.integrations.calls import Shape, shaped, unexpected
from chalicelib.integrations.stalwart.jmap import MOST_CALLS, MOST_OBJECTS, VENDOR, Jmap, Method, Result
from chalicelib.integrations.stalwart.objects import Thing

MOST_PAGES = 100  # of one search
AT_ONCE = MOST_CALLS // 2  # questions in a request: the larger kind takes two calls

T = TypeVar("T", bound=Thing)


class Question(Protocol):
    def calls(self, first: int, /) -> tuple[Method, ...]:
        """Its method calls; the number of the first of them within the request is `first`."""

    def answer(self, jmap: Jmap, results: Sequence[Result], /) -> list[Any]:
        """The objects, from the results of exactly these calls; what does not fit in there is asked for."""


def ask(jmap: Jmap, questions: Sequence[Question]) -> list[list[Any]]:
    """The answer to each question, in their order; eight questions in a request.

    Raises   TryLater, also when an answer does not agree with itself; NeedsPerson, CredentialsRefused
    """
    answers: list[list[Any]] = []
    for start in range(0, len(questions), AT_ONCE):
        answers += _asked_together(jmap, questions[start : start + AT_ONCE])
    return answers


@dataclass(frozen=True, slots=True)
class Search(Generic[T]):
    """All objects that a filter lets through. Filters may let through more than they should: look at each.

    Sends    x:<kind>/query {"filter", "position", "limit"}, and x:<kind>/get {"#ids"} in the same request
    Source   RFC 8620, sections 3.7, 5.1 and 5.5
    """

    kind: str
    shape: type[T]
    wanted: Mapping[str, str]

    def calls(self, first: int, /, position: int = 0) -> tuple[Method, ...]:
        query = {"filter": dict(self.wanted), "position": position, "limit": MOST_OBJECTS}
        reference = {"resultOf": f"c{first}", "name": f"x:{self.kind}/query", "path": "/ids"}
        get = {"#ids": reference, "properties": properties(self.shape)}
        return Method(f"x:{self.kind}/query", query), Method(f"x:{self.kind}/get", get)

    def answer(self, jmap: Jmap, results: Sequence[Result], /) -> list[T]:
        page = self._page(results)
        found = {each.id: each for each in page}
        for number in range(1, MOST_PAGES):
            if len(page) < MOST_OBJECTS:
                return list(found.values())
            page = self._page(jmap.read(*self.calls(0, number * MOST_OBJECTS)))
            if page and found.keys() >= {each.id for each in page}:
                break  # it is led in a circle
            found |= {each.id: each for each in page}
        raise unexpected(VENDOR)

    def _page(self, results: Sequence[Result]) -> list[T]:
        query, get = results
        things = listed(get, self.shape)
        if {each.id for each in things} != set(shaped(VENDOR, _Ids, query).ids):
            raise TryLater("moved", f"{VENDOR}'s objects changed while we read them")
        return things


@dataclass(frozen=True, slots=True)
class Lookup(Generic[T]):
    """Objects by their ids. What is not in the answer is surely gone: the vendor has to say so for each.

    Sends    x:<kind>/get {"ids"}  ->  {"list", "notFound"}
    Source   RFC 8620, section 5.1
    """

    kind: str
    shape: type[T]
    ids: Sequence[str]

    def calls(self, _first: int, /) -> tuple[Method, ...]:
        arguments = {"ids": list(self.ids), "properties": properties(self.shape)}
        return (Method(f"x:{self.kind}/get", arguments),)

    def answer(self, _jmap: Jmap, results: Sequence[Result], /) -> list[T]:
        (get,) = results
        found = [each for each in listed(get, self.shape) if each.id in self.ids]
        gone = shaped(VENDOR, _Gone, get).notFound or []
        if not {*gone, *(each.id for each in found)}.issuperset(self.ids):
            raise unexpected(VENDOR)
        return found


def listed(result: Result, shape: type[T]) -> list[T]:
    found = result.get("list")
    if not isinstance(found, list):
        raise unexpected(VENDOR)
    return [shaped(VENDOR, shape, each) for each in found]


def properties(shape: type[Shape]) -> list[str]:
    """What to ask for: exactly the fields of `shape`."""
    return [field.alias or name for name, field in shape.model_fields.items()]


class _Ids(Shape):
    ids: list[str]


class _Gone(Shape):
    notFound: list[str] | None = None  # noqa: N815 (the vendor's name)


def _asked_together(jmap: Jmap, questions: Iterable[Question]) -> list[list[Any]]:
    calls: list[Method] = []
    parts: list[tuple[Question, slice]] = []
    for question in questions:
        first = len(calls)
        calls += question.calls(first)
        parts.append((question, slice(first, len(calls))))
    results = jmap.read(*calls)
    return [question.answer(jmap, results[part]) for question, part in parts]
