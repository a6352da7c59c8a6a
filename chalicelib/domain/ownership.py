"""Ownership of domains: who named one, and whether that is theirs to name.

A domain without a claim is from before there were claims: an operator named it, and it reads as approved.
Once owned, a domain stays owned: a TXT record that disappears lowers a grade and never takes mail away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal

from chalicelib.domain.model import Model

Ownership = Literal["unproven", "proven", "approved"]

LABEL = "_dezky-challenge"
KEY = "dezky-verification="


class DomainClaim(Model):
    """
    ownership   unproven: named by a customer; proven: by the TXT record; approved: named or vouched for by
                an operator
    token       what the TXT record says; random, of this tenant and this domain only; empty when an operator
                named the domain
    since       of this ownership
    """

    name: str
    ownership: Ownership
    token: str = ""
    since: datetime

    @property
    def record_name(self) -> str:
        return f"{LABEL}.{self.name}"

    @property
    def record_value(self) -> str:
        return f"{KEY}{self.token}" if self.token else ""


NewClaim = Callable[[str], DomainClaim]


def claims_for(
    names: Iterable[str], held: Iterable[str], claims: Iterable[DomainClaim], new: NewClaim
) -> tuple[DomainClaim, ...]:
    """The claims of a tenant that shall have the domains `names`: what it holds already stays what it is."""
    known, before = {each.name: each for each in claims}, set(held)
    kept = [
        known[name] if name in known else new(name) for name in names if name in known or name not in before
    ]
    return tuple(kept)


def claim(name: str, at: datetime, token: str, *, by_operator: bool) -> DomainClaim:
    """What an operator names is approved by that act."""
    if by_operator:
        return DomainClaim(name=name, ownership="approved", since=at)
    return DomainClaim(name=name, ownership="unproven", token=token, since=at)
