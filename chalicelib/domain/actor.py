"""Actor: who asks for a change, as the audit trail will name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

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


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _nobody(name: str) -> User:
    """What acts by itself, as the audit trail names it. It has no address, no rights, and is never stored."""
    return User(id=name, issuer="dezky", name=name, created_at=BEGINNING, updated_at=BEGINNING)


SCHEDULE = Actor(_nobody("schedule"), audience="schedule", is_operator=True)
