"""Percent as people type it and basis points as we count: the one place where a float is read or made."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field


def two_decimals(percent: float) -> float:
    if Decimal(str(percent)) * 100 % 1:
        raise ValueError("must have at most two decimals")
    return percent


Percent = Annotated[
    float, Field(ge=0, le=100, description="percent, two decimals"), AfterValidator(two_decimals)
]


def basis_points(percent: float) -> int:
    """12.5 -> 1,250"""
    return int(Decimal(str(percent)) * 100)


def percent_of(points: int) -> float:
    """1,250 -> 12.5, for answers only"""
    return points / 100
