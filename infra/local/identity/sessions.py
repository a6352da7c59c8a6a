"""Sign-ins at the provider: opened by the sign-in page, carried by a cookie, ended in several ways.

Source   authentik API 2026.5, operations core_authenticated_sessions_*
"""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.identity.fields import Field, Record
from infra.local.identity.query import Query
from infra.local.identity.refusals import invalid
from infra.local.identity.resource import EVERYTHING, Resource

if TYPE_CHECKING:
    from infra.local.identity.world import World

LIFETIME = 12 * 3600  # seconds
ROWS_PER_SESSION = 2  # the vendor counts the row of the session and the row that hangs on it
NOWHERE: Record = {"continent": None, "country": None, "lat": None, "long": None, "city": ""}


@dataclass(frozen=True)
class Farewell:
    """An application is to be told that a session is over."""

    client_id: str
    subject: str
    session: str


@dataclass(frozen=True)
class Browser:
    """From where somebody signs in."""

    agent: str
    address: str


class Sessions(Resource):
    """A record never holds the cookie, only its hash; `uuid` is the `sid` of the tokens."""

    kind, table = "AuthenticatedSession", "sessions"
    order, searchable = ("uuid",), ("last_ip", "last_user_agent")

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.farewells: list[Farewell] = []

    def fields(self, existing: Record | None) -> Mapping[str, Field]:  # noqa: ARG002 (nobody writes sessions)
        return {}

    def open(self, user: Record, browser: Browser) -> tuple[Record, str]:
        """A new session and the secret for its cookie."""
        now, secret = self.world.clock(), secrets.token_urlsafe(32)
        self._sweep(now)
        record = {
            "uuid": self.world.ids.uuid("session"),
            "user": user["pk"],
            "secret": digest(secret),
            "auth_time": int(now),
            "last_ip": browser.address,
            "last_user_agent": browser.agent,
            "last_used": self.world.now(),
            "expires_at": now + LIFETIME,
            "clients": [],
        }
        self.rows[record["uuid"]] = record
        return record, secret

    def _sweep(self, now: float) -> None:
        """Forget the sessions that ran out; nobody is told, their tokens ran out long before."""
        for key in [key for key, record in self.rows.items() if record["expires_at"] <= now]:
            del self.rows[key]

    def of_secret(self, secret: str) -> Record | None:
        """The live session of a cookie; none for a user who is not active any more."""
        hashed = digest(secret)
        for record in self.rows.values():
            if secrets.compare_digest(record["secret"], hashed) and record["expires_at"] > self.world.clock():
                return record if self._user_of(record)["is_active"] else None
        return None

    def signed_in_again(self, record: Record) -> str:
        """The same session, proven afresh: a new secret and a new time."""
        secret = secrets.token_urlsafe(32)
        record.update(secret=digest(secret), auth_time=int(self.world.clock()), last_used=self.world.now())
        return secret

    def used_for(self, record: Record, client_id: str) -> None:
        if client_id not in record["clients"]:
            record["clients"].append(client_id)

    def end(self, key: str) -> None:
        """Idempotent. The session's access tokens go along; refresh tokens were meant to outlive it."""
        record = self.rows.pop(key, None)
        if record is None:
            return
        self.world.grants.forget_access_of_session(key)
        subject = self._user_of(record)["uid"]
        self.farewells += [Farewell(client, subject, key) for client in record["clients"]]

    def end_all_of(self, user: int) -> int:
        """How many there were."""
        keys = [key for key, record in self.rows.items() if record["user"] == user]
        for key in keys:
            self.end(key)
        return len(keys)

    def bulk_delete(self, query: Query) -> Record:
        """Raises RefusedError 400 without a user, or with one that is no number."""
        users = query.all("user_pks")
        if not users:
            raise invalid({"user_pks": ["This field is required."]})
        wrong = {
            str(place): ["A valid integer is required."]
            for place, user in enumerate(users)
            if not re.fullmatch(r"-?\d+", user)
        }
        if wrong:
            raise invalid({"user_pks": wrong})
        return {"deleted": ROWS_PER_SESSION * sum(self.end_all_of(int(user)) for user in users)}

    def key_of(self, record: Record) -> str:
        return str(record["uuid"])

    def removed(self, record: Record) -> None:
        self.rows[record["uuid"]] = record
        self.end(record["uuid"])

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:
        name, now = query.one("user__username"), self.world.clock()
        return [
            record
            for record in records
            if record["expires_at"] > now and (not name or self._user_of(record)["username"] == name)
        ]

    def _user_of(self, record: Record) -> Record:
        # A user may be removed a moment before their sessions are: the farewell still needs a subject.
        gone = {"uid": "", "username": "", "is_active": False}
        return self.world.users.rows.get(str(record["user"]), gone)

    def view(self, record: Record, query: Query = EVERYTHING) -> Record:  # noqa: ARG002 (always whole)
        shown = {name: record[name] for name in ("uuid", "user", "last_ip", "last_user_agent", "last_used")}
        return {
            **shown,
            "current": False,
            "user_agent": _parsed(record["last_user_agent"]),
            "geo_ip": None,
            "asn": None,
            "expires": self.world.moment(record["expires_at"]),
        }


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _parsed(agent: str) -> Record:
    other: Record = {"family": "Other", "major": "", "minor": "", "patch": ""}
    device: Record = {"brand": None, "family": "Other", "model": None}
    return {"device": device, "os": {**other, "patch_minor": None}, "user_agent": other, "string": agent}
