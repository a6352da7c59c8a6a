"""The MRR bridge: from what was paid at the beginning of a month to what was paid at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.days import Day
from chalicelib.domain.ledger import LedgerEvent
from chalicelib.domain.model import Model
from chalicelib.domain.money import Currency, Money

Amounts = Mapping[Currency, int]
NOTHING: tuple[Currency, int] = ("EUR", 0)


@dataclass(frozen=True, slots=True)
class Movement:
    """What one event did to what a tenant pays; much smaller than the event, for there are many."""

    tenant_id: str
    sequence: int
    day: Day
    before: tuple[Currency, int]
    after: tuple[Currency, int]
    paid_before: tuple[Currency, ...]


class Bridge(Model):
    """One month in one currency: `opening` and the five movements add up to `closing`.

    new, returned          of tenants that paid nothing at the beginning; `returned` had paid before
    expansion, contraction of tenants that paid at both ends
    churn                  of tenants that pay nothing any more
    """

    currency: Currency
    opening: int = 0
    new: int = 0
    expansion: int = 0
    contraction: int = 0
    churn: int = 0
    returned: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.new + self.expansion + self.contraction + self.churn + self.returned

    @property
    def is_empty(self) -> bool:
        return not any((self.opening, self.new, self.expansion, self.contraction, self.churn, self.returned))


Bridges = tuple[Bridge, ...]


class MonthOfMrr(Model):
    """A month's bridges, kept once the month is over: a cache of the ledger, and nothing else."""

    id: str  # the month
    bridges: Bridges


def movement_of(event: LedgerEvent) -> Movement:
    before = (event.before.currency, event.before.mrr) if event.before else NOTHING
    after = (event.after.currency, event.after.mrr)
    return Movement(event.tenant_id, event.sequence, event.day, before, after, event.paid_before)


def bridges_of(opening: Amounts, movements: Iterable[Movement]) -> Bridges:
    """What all movements of a month come to, each tenant compared at both ends of it only."""
    sums: dict[Currency, dict[str, int]] = {each: {"opening": amount} for each, amount in opening.items()}
    for first, last in _ends(movements):
        for currency in {first.before[0], last.after[0]}:
            change = _amount(last.after, currency) - _amount(first.before, currency)
            row = sums.setdefault(currency, {})
            field = _field(first, last, currency)
            row[field] = row.get(field, 0) + change
    bridges = (Bridge(currency=each, **sums[each]) for each in sorted(sums))
    return tuple(each for each in bridges if not each.is_empty)


def closing_of(bridges: Bridges) -> dict[Currency, int]:
    """What the next month opens with."""
    return {each.currency: each.closing for each in bridges}


def amounts_of(bridges: Bridges) -> tuple[Money, ...]:
    """What is paid at the end, by currency; those in which nobody pays are left out."""
    return tuple(Money(currency=each.currency, amount=each.closing) for each in bridges if each.closing)


def _ends(movements: Iterable[Movement]) -> Iterable[tuple[Movement, Movement]]:
    """The first and the last movement of each tenant, in whatever order they come."""
    ends: dict[str, tuple[Movement, Movement]] = {}
    for each in movements:
        first, last = ends.get(each.tenant_id, (each, each))
        ends[each.tenant_id] = (
            each if each.sequence < first.sequence else first,
            each if each.sequence > last.sequence else last,
        )
    return ends.values()


def _amount(paid: tuple[Currency, int], currency: Currency) -> int:
    return paid[1] if paid[0] == currency else 0


def _field(first: Movement, last: Movement, currency: Currency) -> str:
    before, after = _amount(first.before, currency), _amount(last.after, currency)
    if not before:
        return "returned" if currency in first.paid_before else "new"
    if not after:
        return "churn"
    return "expansion" if after > before else "contraction"
