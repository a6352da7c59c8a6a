"""Operation: what a route declares about itself. A route without one is never served and fails the build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from chalicelib.auth.guards import Guard
from chalicelib.domain.commands import Command
from chalicelib.errors import ControlPlaneError

View = TypeVar("View", bound=Callable[..., Any])
Refusal = type[ControlPlaneError]


@dataclass(frozen=True, slots=True)
class Operation:
    """
    guard     who may call it
    summary   one line for the API's documentation
    takes     the body; None means that a body is refused
    query     the query parameters; None means that there are none
    gives     the body of the answer; None means none, or one that is no JSON
    status    of the answer
    refuses   refusals of its own, beside those that every route shares
    also      media types in which the answer can be asked for instead of JSON
    kept      whether the answer may be kept for an Idempotency-Key; one that holds a credential may not
    versioned the answer carries an ETag; where the route takes a body, it accepts If-Match
    """

    guard: Guard
    summary: str
    takes: type[Command] | None = None
    query: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    also: tuple[str, ...] = ()
    refuses: tuple[Refusal, ...] = ()
    versioned: bool = False
    kept: bool = True


_declared: dict[Callable[..., Any], Operation] = {}


def operation(guard: Guard, summary: str, **details: Any) -> Callable[[View], View]:
    """Declare the operation of a view; to be written directly above its `def`."""

    def declare(view: View) -> View:
        _declared[view] = Operation(guard, summary, **details)
        return view

    return declare


def operation_of(view: Callable[..., Any]) -> Operation | None:
    return _declared.get(view)
