"""The few OData query options that the server understands, with its gaps."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from infra.local.emulators.ocis.refusals import invalid, unsupported

COMPARISON = re.compile(r"\s*([\w/]+)\s+(\w+)\s+'((?:[^']|'')*)'\s*")
MEMBERSHIP = re.compile(r"\s*memberOf/any\((\w+):\1/id\s+eq\s+'?([0-9a-fA-F-]{36})'?\)\s*")
BARE_TERM = re.compile(r"[\w -]+")

Thing = dict[str, Any]


def drive_filter(text: str | None) -> Callable[[Thing], bool]:
    """`driveType` and `id` can be compared; any other property with `eq` is silently ignored."""
    if not text:
        return _everything
    found = COMPARISON.fullmatch(text)
    if found is None:
        raise unsupported("filter is not supported") if " " in text.strip() else invalid("invalid filter")
    name, operator, value = found[1], found[2], found[3].replace("''", "'")
    if operator != "eq":
        raise unsupported(f"the operator {operator} is not supported")
    return (lambda drive: drive[name] == value) if name in {"driveType", "id"} else _everything


def group_of_filter(text: str | None) -> str | None:
    """The group whose members are asked for, None without a filter."""
    if not text:
        return None
    found = MEMBERSHIP.fullmatch(text)
    if found is None:
        raise unsupported("this filter is not supported")
    return found[2]


def search_filter(text: str | None, names: Iterable[str]) -> Callable[[Thing], bool]:
    """A substring of any of `names`; what holds more than letters must be in double quotes."""
    if not text:
        return _everything
    is_quoted = len(text) > 2 and text.startswith('"') and text.endswith('"')
    if not is_quoted and not BARE_TERM.fullmatch(text):
        raise invalid("invalid search expression")
    term = text.strip('"').lower()
    return lambda thing: any(term in str(thing.get(name) or "").lower() for name in names)


def ordered(things: Iterable[Thing], text: str | None, known: dict[str, str]) -> list[Thing]:
    """`things` in the order of `$orderby`; `known` maps its names to ours."""
    if not text:
        return list(things)
    name, _, direction = text.strip().partition(" ")
    if name not in known or direction.strip() not in {"", "asc", "desc"}:
        raise invalid("this order is not supported")
    key = known[name]
    return sorted(
        things, key=lambda thing: str(thing.get(key) or "").lower(), reverse=direction.strip() == "desc"
    )


def expansions(text: str | None, known: set[str]) -> set[str]:
    """What `$expand` names."""
    wanted = {part.strip() for part in (text or "").split(",") if part.strip()}
    if unknown := sorted(wanted - known):
        raise invalid(f"{unknown[0]} cannot be expanded")
    return wanted


def _everything(_: Thing) -> bool:
    return True
