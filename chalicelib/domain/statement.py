"""A partner's statement of a month: what its tenants paid while they were its own, and its share of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.domain.apportioning import Line, lines_of
from chalicelib.domain.days import Day, Month
from chalicelib.domain.facts import Facts, Known
from chalicelib.domain.model import Model
from chalicelib.domain.money import Currency

RULE = 1  # part of the digest: raised when the arithmetic changes

Key = tuple[str, str, Currency]


class Correction(Model):
    """What became known about a closed month afterwards: what is due beyond what was settled."""

    period: Month
    tenant_id: str
    slug: str
    currency: Currency
    base: int
    amount: int


class Sum(Model):
    currency: Currency
    base: int = 0
    amount: int = 0
    corrections: int = 0

    @property
    def total(self) -> int:
        return self.amount + self.corrections


class ClosedMonth(Model):
    """What a list of closed months tells of each."""

    id: str
    partner_id: str
    period: Month
    sums: tuple[Sum, ...]
    digest: str
    closed_at: datetime | None = None
    closed_by: str | None = None


class Statement(ClosedMonth):
    """
    until    the last day that counts: the month's last, or today's while the month is running
    known    how far the facts were known, so that they can be gone through again
    names    of the tenants, as they were called
    """

    until: Day
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...] = ()
    known: Known = Known()
    names: dict[str, str] = {}

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


def statement_of(
    facts: Facts, period: Month, until: Day, corrections: tuple[Correction, ...] = ()
) -> Statement:
    lines = lines_of(facts, period, until)
    return Statement(
        id=statement_id(facts.partner_id, period),
        partner_id=facts.partner_id,
        period=period,
        until=until,
        lines=lines,
        corrections=corrections,
        sums=_sums(lines, corrections),
        digest=_digest(facts.partner_id, period, lines, corrections),
        known=facts.known(until),
    )


def statement_id(partner_id: str, period: Month) -> str:
    return f"{partner_id}:{period}"


def corrections_of(
    period: Month, due: Iterable[Line], settled: Sequence[Statement]
) -> tuple[Correction, ...]:
    """What is due for a closed month beyond what was settled with it, or later as corrections."""
    missing: dict[Key, tuple[int, int]] = {}
    for line in due:
        _add(missing, _key(line), line.base, line.amount)
    for statement in settled:
        for line in statement.lines if statement.period == period else ():
            _add(missing, _key(line), -line.base, -line.amount)
        for each in statement.corrections:
            if each.period == period:
                _add(missing, (each.slug, each.tenant_id, each.currency), -each.base, -each.amount)
    return tuple(
        Correction(period=period, tenant_id=tenant_id, slug=slug, currency=currency, base=base, amount=amount)
        for (slug, tenant_id, currency), (base, amount) in sorted(missing.items())
        if base or amount
    )


def _key(line: Line) -> Key:
    return line.slug, line.tenant_id, line.standing.currency


def _add(sums: dict[Key, tuple[int, int]], key: Key, base: int, amount: int) -> None:
    so_far = sums.get(key, (0, 0))
    sums[key] = (so_far[0] + base, so_far[1] + amount)


def _sums(lines: Iterable[Line], corrections: Iterable[Correction]) -> tuple[Sum, ...]:
    sums: dict[Currency, Sum] = {}
    for line in lines:
        one = sums.get(line.standing.currency) or Sum(currency=line.standing.currency)
        sums[one.currency] = one.with_(base=one.base + line.base, amount=one.amount + line.amount)
    for each in corrections:
        one = sums.get(each.currency) or Sum(currency=each.currency)
        sums[one.currency] = one.with_(corrections=one.corrections + each.amount)
    return tuple(sums[currency] for currency in sorted(sums))


def _digest(partner_id: str, period: Month, lines: Iterable[Line], corrections: Iterable[Correction]) -> str:
    """Over everything that the amounts follow from; names, which may change, are left out."""
    facts = {
        "rule": RULE,
        "partner": partner_id,
        "period": period,
        "lines": [each.model_dump(mode="json", exclude={"slug", "base", "amount"}) for each in lines],
        "corrections": [each.model_dump(mode="json", exclude={"slug"}) for each in corrections],
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
