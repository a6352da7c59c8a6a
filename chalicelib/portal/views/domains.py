"""Domains as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

GRADES = {
    "unproven": ("not proven", "warn"),
    "unknown": ("not known", "warn"),
    "setting-up": ("being set up", "busy"),
    "no-mail": ("no mail", "bad"),
    "at-risk": ("at risk", "warn"),
    "nearly": ("almost there", "good"),
    "good": ("good", "good"),
}
STATES = {
    "found": ("found", "good"),
    "missing": ("missing", "bad"),
    "differs": ("differs", "warn"),
    "unknown": ("no answer", "warn"),
    None: ("not looked yet", "off"),
}
PURPOSES = {
    "ownership": "Proves that the domain is yours",
    "mx": "Brings mail here",
    "spf": "Says that we may send for you",
    "dkim": "Our signature",
    "dmarc": "What others do with forged mail",
}


def domains_of(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each with `id` for the page, its records with the proof first, and words with their colours."""
    return [_domain(number, each) for number, each in enumerate(items, 1)]


def _domain(number: int, of: Mapping[str, Any]) -> dict[str, Any]:
    word, tone = GRADES[of["grade"]]
    records = [*([of["proof"]] if of["proof"] else []), *of["records"]]
    rows = [_record(f"domain-{number}-{row}", each) for row, each in enumerate(records, 1)]
    return {**of, "id": f"domain-{number}", "word": word, "tone": tone, "rows": rows}


def _record(row: str, of: Mapping[str, Any]) -> dict[str, Any]:
    word, tone = STATES[of["state"]]
    return {**of, "id": row, "about": PURPOSES[of["purpose"]], "word": word, "tone": tone}
