"""Who may do what, told a second time: from what a route declares, not from the code that decides.

`python -m tests.security.permissions` writes docs/permissions.md out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["yes", "401", "403", "404"]
At = Literal["active", "suspended", "terminated", "missing"]  # the tenant that the address names

RANK = {"member": 1, "admin": 2, "owner": 3}


@dataclass(frozen=True)
class Caller:
    """
    says        in the published table
    token       "none" and "forged" get nowhere; else the application that it was issued for
    role        in the tenant that is asked about; empty: none
    admin       the flag platformAdmin of the user
    active      whether the user may sign in at all
    """

    name: str
    says: str
    token: Literal["none", "forged", "customer", "operator"]
    role: str = ""
    admin: bool = False
    active: bool = True

    @property
    def is_operator(self) -> bool:
        return self.token == "operator" and self.admin


CALLERS = (
    Caller("nobody", "nobody", "none"),
    Caller("forger", "forged token", "forged"),
    Caller("stranger", "customer without tenant", "customer"),
    Caller("neighbour", "owner of another tenant", "customer"),
    Caller("former", "removed member", "customer"),
    Caller("member", "member", "customer", "member"),
    Caller("admin", "admin", "customer", "admin"),
    Caller("owner", "owner", "customer", "owner"),
    Caller("deactivated", "deactivated owner", "customer", "owner", active=False),
    Caller("flagged", "owner with the flag alone", "customer", "owner", admin=True),
    Caller("support", "operator token without the flag", "operator"),
    Caller("operator", "operator", "operator", admin=True),
)


def expected(guard: str, caller: Caller, at: At = "active", *, writes: bool = False) -> Outcome:
    """
    guard   as a route declares it: "public", "signed_in", "operator", "tenant admin or operator", …
    writes  the route changes something
    """
    if guard in {"public", "portal"}:
        return "yes"
    if caller.token in {"none", "forged"}:
        return "401"
    if not caller.active or (guard == "operator" and not caller.is_operator):
        return "403"
    if guard == "signed_in":
        return "yes"
    return _in_tenant(guard, caller, at, writes=writes)


def _in_tenant(guard: str, caller: Caller, at: At, *, writes: bool) -> Outcome:
    """A tenant that someone may not see answers like one that is not there."""
    if at == "missing":
        return "404"
    if caller.is_operator and guard.endswith("operator"):
        return "yes"
    if not caller.role or at == "terminated":
        return "404"
    needed = guard.split()[1]
    if RANK[caller.role] < RANK[needed] or (writes and at == "suspended"):
        return "403"
    return "yes"
