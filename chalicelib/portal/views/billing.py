"""Catalogue and ledger, ready for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.portal.money import amount

KINDS = {
    "begin": "Began",
    "terms": "New terms",
    "partner": "Other partner",
    "end": "Ended",
    "restore": "Restored",
    "trial-end": "Trial over",
}
TERMS = {
    "plan": "plan",
    "seats": "seats",
    "interval": "billed by the",
    "currency": "currency",
    "discountPct": "discount in %",
    "status": "status",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger event; `changes` are sentences, `mrr` is what the tenant pays in a month from then on."""

    day: str
    recorded_at: str
    kind: str
    changes: tuple[str, ...]
    mrr: str
    difference: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of today's catalogue, for one seat."""

    plan: str
    interval: str
    price: str


def ledger(events: Sequence[Mapping[str, Any]]) -> list[Entry]:
    return [_entry(each) for each in events]


def offers(catalogue: Mapping[str, Any]) -> list[Offer]:
    """What is sold today, plan by plan."""
    return [
        Offer(of["plan"], price["interval"], amount(price["amount"], price["currency"]))
        for of in _today(catalogue)
        for price in of["prices"]
    ]


def currencies(catalogue: Mapping[str, Any]) -> list[str]:
    return sorted({price["currency"] for of in _today(catalogue) for price in of["prices"]})


def _today(catalogue: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    versions = {each["version"]: each["plans"] for each in catalogue["versions"]}
    plans: Sequence[Mapping[str, Any]] = versions[catalogue["today"]]
    return plans


def _entry(event: Mapping[str, Any]) -> Entry:
    before, after = event["before"], event["after"]
    return Entry(
        event["day"],
        event["recordedAt"],
        KINDS.get(event["kind"], event["kind"]),
        tuple(_changes(before, after)) if before else (_terms(after),),
        amount(after["mrr"], after["currency"]),
        _difference(before, after),
    )


def _terms(after: Mapping[str, Any]) -> str:
    price = amount(after["unitPrice"], after["currency"])
    return f"{after['seats']} seats of {after['plan']}, {price} a seat and {after['interval']}"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    changed = [
        f"{label}: {_short(before[name])} → {_short(after[name])}"
        for name, label in TERMS.items()
        if before[name] != after[name]
    ]
    if (before["unitPrice"], before["currency"]) != (after["unitPrice"], after["currency"]):
        then, now = (amount(each["unitPrice"], each["currency"]) for each in (before, after))
        changed.append(f"price of a seat: {then} → {now}")
    if before["partnerId"] != after["partnerId"]:
        changed.append("partner taken" if after["partnerId"] else "partner left")
    return changed


def _short(value: Any) -> str:
    """A percentage without the zeros behind its point."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _difference(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """Nothing between two currencies: they are never added."""
    if before is None or before["currency"] != after["currency"] or before["mrr"] == after["mrr"]:
        return ""
    difference = after["mrr"] - before["mrr"]
    return ("+" if difference > 0 else "") + amount(difference, after["currency"])
