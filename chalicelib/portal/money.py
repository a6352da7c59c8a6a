"""Money for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MINOR = 100  # every currency that we sell in has cents


def money(given: Mapping[str, Any] | None, nothing: str = "none") -> str:
    """{"currency": "EUR", "amount": 129600} -> "1,296.00 EUR". Minor units, never a float."""
    return nothing if given is None else amount(given["amount"], given["currency"])


def monies(given: Sequence[Mapping[str, Any]], nothing: str = "none") -> str:
    """Several currencies beside each other; they are never added."""
    return " + ".join(map(money, given)) or nothing


def amount(minor: int, currency: str) -> str:
    whole, rest = divmod(abs(minor), MINOR)
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    return f"{sign}{whole:,}.{rest:02d} {currency}".rstrip()
