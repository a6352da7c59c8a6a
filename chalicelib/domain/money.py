"""Money: whole minor units of one currency. No float comes near it; currencies are never added up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import StrictInt

from chalicelib.domain.model import Model

Currency = Literal["DKK", "EUR", "USD"]
CURRENCIES: tuple[Currency, ...] = get_args(Currency)

WHOLE = 10_000  # basis points: 1,250 are 12.5 percent


class Money(Model):
    """`amount` in minor units: 14,400 are 144.00."""

    currency: Currency
    amount: StrictInt

    def __str__(self) -> str:
        return f"{decimal_text(self.amount)} {self.currency}"


def total(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum for each currency that occurs, in the order of their names."""
    sums: dict[Currency, int] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, 0) + each.amount
    return tuple(Money(currency=currency, amount=sums[currency]) for currency in sorted(sums))


def half_up(amount: int, share: int, of: int) -> int:
    """`amount` times share/of, rounded half up, in whole numbers only. For amounts that are not negative."""
    return (2 * amount * share + of) // (2 * of)


def decimal_text(amount: int) -> str:
    """14400 -> "144.00"; every currency here has two decimals."""
    units, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{units}.{cents:02}"
