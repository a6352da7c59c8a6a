"""The `…/query` methods: which filters there are, the order of ids, and paging."""

import re
from typing import Any

from infra.local.emulators.stalwart.identities import number_of
from infra.local.emulators.stalwart.kinds import Kind
from infra.local.emulators.stalwart.refusals import MethodRefused

MOST = 500  # ids in one answer
WORD = re.compile(r"[^\W_]+")
KNOWN = {"accountId", "filter", "sort", "position", "limit", "anchor", "anchorOffset", "calculateTotal"}

Objects = dict[str, dict[str, Any]]


def answer(kind: Kind, objects: Objects, arguments: dict[str, Any]) -> dict[str, Any]:
    """The ids that match, newest first. Raises MethodRefused."""
    if unknown := sorted(set(arguments) - KNOWN):
        raise MethodRefused("invalidArguments", f"Unknown argument {unknown[0]}")
    wanted = conditions(kind, arguments.get("filter"))
    found = [identity for identity, stored in objects.items() if _matches(kind, stored, wanted)]
    ordered = _ordered(objects, found, arguments.get("sort"))
    start, limit = _start(ordered, arguments), _limit(arguments.get("limit"))
    page: dict[str, Any] = {
        "queryState": "0",
        "canCalculateChanges": False,
        "position": start,
        "ids": ordered[start : start + limit],
    }
    return {**page, **({"total": len(ordered)} if arguments.get("calculateTotal") else {})}


def conditions(kind: Kind, wish: Any) -> list[tuple[str, str]]:
    """What a filter asks for, as (property, value) that must all hold. Raises MethodRefused."""
    if wish is None:
        return []
    if not isinstance(wish, dict):
        raise MethodRefused("invalidArguments", "Invalid filter")
    if "operator" in wish:
        return _combined(kind, wish)
    return [_condition(kind, name, value) for name, value in wish.items()]


def _combined(kind: Kind, wish: dict[str, Any]) -> list[tuple[str, str]]:
    if wish["operator"] != "AND":
        raise MethodRefused("unsupportedFilter", "Only AND is supported in filters")
    inner = wish.get("conditions")
    if not isinstance(inner, list):
        raise MethodRefused("invalidArguments", "Invalid filter")
    return [condition for part in inner for condition in conditions(kind, part)]


def _condition(kind: Kind, name: str, value: Any) -> tuple[str, str]:
    is_id = name.endswith(("Id", "Ids"))
    if name not in kind.filters or not isinstance(value, str) or (is_id and number_of(value) is None):
        raise MethodRefused("unsupportedFilter", f"Filter on property {name} is not supported or invalid")
    return name, value


def _matches(kind: Kind, stored: dict[str, Any], wanted: list[tuple[str, str]]) -> bool:
    return all(_holds(kind, stored, name, value) for name, value in wanted)


def _holds(kind: Kind, stored: dict[str, Any], name: str, value: str) -> bool:
    if name == "text":
        return _words(value) <= {word for part in kind.searched for word in _words(stored[part] or "")}
    if name == "memberGroupIds":
        return value in stored.get("memberGroupIds", {})
    if name == "name":
        return bool(stored["name"] == value.lower())
    return bool(stored.get(name) == value)


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))


def _ordered(objects: Objects, found: list[str], sort: Any) -> list[str]:
    newest_first = sorted(found, key=lambda identity: number_of(identity) or 0, reverse=True)
    if not sort:
        return newest_first
    by = sort[0] if isinstance(sort, list) and len(sort) == 1 and isinstance(sort[0], dict) else {}
    if by.get("property") not in ("id", "name"):
        raise MethodRefused("unsupportedSort", f"Property {by.get('property')} is not supported for sorting")
    descending = not by.get("isAscending", True)
    if by["property"] == "id":
        return newest_first if descending else newest_first[::-1]
    return sorted(found, key=lambda identity: str(objects[identity].get("name")), reverse=descending)


def _start(ordered: list[str], arguments: dict[str, Any]) -> int:
    anchor = arguments.get("anchor")
    if anchor is None:
        position = _integer("position", arguments.get("position"))
        return max(position + len(ordered), 0) if position < 0 else position
    if anchor not in ordered:
        raise MethodRefused("anchorNotFound", "The anchor is not among the results")
    return max(ordered.index(anchor) + _integer("anchorOffset", arguments.get("anchorOffset")), 0)


def _limit(wish: Any) -> int:
    limit = MOST if wish is None else _integer("limit", wish)
    if limit < 0:
        raise MethodRefused("invalidArguments", "Invalid limit")
    return min(limit, MOST)


def _integer(name: str, value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool):
        raise MethodRefused("invalidArguments", f"Invalid {name}")
    return value
