"""JSON from strangers: one reading only, and cheap to refuse.

Python's parser takes the last of two equal members, NaN, numbers of any length and any encoding that it can
guess. Two parsers that read one signed text differently are how a forged claim gets past the first.
"""

from __future__ import annotations

import json
import math
import re

MAX_DEPTH = 8
MAX_NUMBER = 32  # characters; Python's own limit of 4,300 digits is far too slow to reach
BLANKS = " \t\r\n"
BRACKETS = re.compile(
    r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL
)  # whole strings, so that theirs do not count


def strict_object(raw: bytes) -> dict[str, object]:
    """The one JSON object that `raw` holds.

    Raises   ValueError for another encoding than UTF-8, duplicate members at any level, NaN and infinities,
             lone surrogates, deep nesting, long numbers, trailing text, or anything but an object
    """
    text = raw.decode("utf-8").strip(BLANKS)
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(text):
        raise ValueError("nested too deeply")
    value, end = _DECODER.raw_decode(text)
    if end != len(text):
        raise ValueError("text after the object")
    if type(value) is not dict:
        raise ValueError("not an object")
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates cannot be encoded
    return value


def _is_too_deep(text: str) -> bool:
    """Counted without parsing, because the parser itself recurses."""
    depth = 0
    for found in BRACKETS.finditer(text):
        bracket = found[0]
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False


def _distinct(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member appears twice")
    return found


def _bounded_int(text: str) -> int:
    if len(text) > MAX_NUMBER:
        raise ValueError("a number is too long")
    return int(text)


def _finite_float(text: str) -> float:
    value = float(text) if len(text) <= MAX_NUMBER else math.inf
    if not math.isfinite(value):
        raise ValueError("a number is too large or too long")
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct,
    parse_int=_bounded_int,
    parse_float=_finite_float,
    parse_constant=_no_constant,
    strict=True,
)
