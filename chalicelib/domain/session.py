"""Session: someone who is signed in at a portal, and when that ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import Field

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Lease

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)  # whatever someone does
NOTED = timedelta(minutes=1)  # how exactly it is known when someone was last seen: not every page is a write
EARLY = timedelta(seconds=60)  # a token is renewed that long before it expires


class Identity(Model):
    """Who signed in, as the provider says. Issuer and subject together are the person.

    sid    the provider's session, by which it may end ours
    email  only when the provider says that it is verified; for people to read, never to decide by
    """

    issuer: str
    subject: str
    sid: str | None = None
    name: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()


class Tokens(Model):
    """What the provider gave for one sign-in. Sealed before anything keeps it."""

    access_token: str = Field(repr=False)
    refresh_token: str | None = Field(default=None, repr=False)
    expires_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        return now < self.expires_at - EARLY

    def is_valid(self, now: datetime) -> bool:
        return now < self.expires_at


class Session(Model):
    """
    id       hash of the opaque id that only the browser has
    surface  whose session it is; nobody else's
    tokens   sealed; they open with this session's id only
    lease    who is renewing the tokens right now
    """

    id: str
    surface: str
    issuer: str
    subject: str
    sid: str | None = None
    name: str = ""
    email: str = ""
    tokens: str = Field(repr=False)
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    lease: Lease | None = None
    version: int = 1

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at or now - self.seen_at >= IDLE

    def is_worth_noting(self, now: datetime) -> bool:
        return now - self.seen_at >= NOTED


class SignOut(Model):
    """The provider says that someone signed out: one session of theirs, or all at that issuer."""

    issuer: str
    subject: str | None = None
    sid: str | None = None

    def ended(self) -> Mapping[str, str]:
        """The fields of the sessions that end."""
        if self.sid is not None:
            only = {"subject": self.subject} if self.subject is not None else {}
            return {"issuer": self.issuer, "sid": self.sid, **only}
        return {"issuer": self.issuer, "subject": self.subject or ""}
