"""Actor: who asks for a change, as the audit trail will name them."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.domain.user import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A user at work.

    audience      which application's token was used: the surface of the change
    is_operator   an operator-scoped token and platformAdmin in the database, both at this request
    """

    user: User
    audience: str
    is_operator: bool
    request_id: str = field(default="")
