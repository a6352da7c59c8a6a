"""docs/permissions.md: the table that people read, made from the routes and the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app import app
from chalicelib.auth.guards import Guard
from chalicelib.handlers.operation import operation_of
from tests.security.permissions.oracle import CALLERS, expected

PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
HEAD = """# Permissions

Made by `python -m tests.security.permissions`. A test compares it with the routes, and every cell with what
the gateway answers.

- **yes**: the request reaches the route. What it may do there is a matter of the route: lists hold only what
  the caller may see, nobody gives away more than their own role, the last owner and the last operator stay.
- **401**: no token, or a forged one. **403**: known, but not allowed. **404**: a tenant that the caller may
  not see answers like one that does not exist.
- A suspended tenant is read-only for its own people (403), a terminated one is gone for them (404). Operators
  see both. A ticket that the caller may not see is a 404 as well.
- Operators need both: a token of the operator application, and the flag `platformAdmin`, read each time.
- `/operator` and `/customer` are the portals: a session of their own stands before each page and form, and
  what they show or do goes through these very routes, with the token of that session.
"""


@dataclass(frozen=True)
class Guarded:
    method: str
    path: str
    guard: Guard

    @property
    def of_tenant(self) -> bool:
        return self.guard.of_tenant


def guarded() -> list[Guarded]:
    """Every route of the API; those of the portals have no token of the caller's."""
    found = (
        Guarded(method, path, declared.guard)
        for path, methods in app.routes.items()
        for method, route in methods.items()
        if (declared := operation_of(route.view_function)) and declared.guard.kind != "portal"
    )
    return sorted(found, key=lambda each: (each.path, each.method))


def page() -> str:
    return f"{HEAD}\n" + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    yield "| route | " + " | ".join(each.says for each in CALLERS) + " |"
    yield "|---|" + "---|" * len(CALLERS)
    for each in guarded():
        cells = (expected(str(each.guard), caller, writes=each.guard.writes) for caller in CALLERS)
        yield f"| {each.method} `{each.path}` | " + " | ".join(cells) + " |"
