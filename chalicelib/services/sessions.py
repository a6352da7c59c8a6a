"""Sessions: someone signs in at a portal, is recognised by a cookie, and leaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.cookies import cookies, written
from chalicelib.domain.ports import Clock, Seals, SessionStore
from chalicelib.domain.session import LONGEST, Identity, Session, SignOut, Tokens
from chalicelib.services.renewal import Renewal

COOKIE = "session"  # the purpose of a sealed cookie
ID = 32  # bytes: 256 random bits, that nobody guesses

log = logging.getLogger(__name__)


class Portal(Protocol):
    """What a session has to know of the surface that it belongs to."""

    @property
    def name(self) -> str: ...

    @property
    def cookie(self) -> str: ...

    @property
    def keys(self) -> Seals: ...

    @property
    def issuer_address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class OpenSession:
    """
    csrf        proves that a form comes from a page of this session
    set_cookie  the cookie under a newer key, when it was sealed with an older one
    """

    session: Session
    csrf: str = field(repr=False)
    set_cookie: str | None = field(default=None, repr=False)


class Sessions:
    """The sessions of one surface. The browser has an opaque id, sealed; all else stays here."""

    def __init__(self, portal: Portal, store: SessionStore, renewal: Renewal, clock: Clock) -> None:
        self._portal = portal
        self._store = store
        self._renewal = renewal
        self._clock = clock

    def begin(self, identity: Identity, tokens: Tokens, cookie_header: str | None = None) -> str:
        """A new session; its cookie is the answer. What the browser's cookie was good for before, ends."""
        before = self.find(cookie_header)
        if before is not None:
            self.end(before)
        opaque, now = secrets.token_bytes(ID), self._clock()
        session_id = self._id_of(opaque)
        person = identity.model_dump(include={"issuer", "subject", "sid", "name", "email"})
        session = Session(
            id=session_id,
            surface=self._portal.name,
            tokens=self._renewal.sealed(session_id, tokens),
            created_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
            **person,
        )
        self._store.add(session)
        self._log("session begun", session)
        return self._cookie(opaque)

    def find(self, cookie_header: str | None) -> OpenSession | None:
        """The session of this browser. Whatever is wrong with its cookie, it is no session and no error."""
        sealed = cookies(cookie_header).get(self._portal.cookie, "")
        opaque = self._portal.keys.open(COOKIE, sealed)
        session = self._store.find(self._id_of(opaque)) if opaque and len(opaque) == ID else None
        if opaque is None or session is None or not self._is_live(session):
            return None
        is_current = self._portal.keys.is_current(sealed)
        return OpenSession(session, _csrf(opaque), None if is_current else self._cookie(opaque))

    def access_token(self, opened: OpenSession) -> str:
        """A token for the API. Raises SessionEnded, ProviderAway."""
        return self._renewal.access_token(opened.session)

    def renewed(self, opened: OpenSession) -> str:
        """Another token than the one that the API has just refused. Raises SessionEnded, ProviderAway."""
        return self._renewal.renewed(opened.session)

    def end(self, opened: OpenSession) -> None:
        """At once, whoever has a copy of the cookie; the provider is asked to forget its tokens."""
        self._store.end(opened.session.id)
        self._log("session ended", opened.session, reason="signed-out")
        self._renewal.revoke(opened.session)

    def of(self, opened: OpenSession) -> tuple[Session, ...]:
        """Every live session of the same person at this portal, the last seen first."""
        own, now = opened.session, self._clock()
        found = self._store.of(self._portal.name, own.issuer, own.subject)
        return tuple(each for each in found if not each.is_over(now))

    def end_others(self, opened: OpenSession) -> None:
        """Sign the person out everywhere but here."""
        self._end_some(each for each in self.of(opened) if each.id != opened.session.id)

    def end_one(self, opened: OpenSession, session_id: str) -> None:
        """One of the person's own sessions elsewhere; of any other session nothing is done or told."""
        others = (each for each in self.of(opened) if each.id != opened.session.id)
        self._end_some(each for each in others if each.id == session_id)

    def _end_some(self, sessions: Iterable[Session]) -> None:
        for each in sessions:
            self._store.end(each.id)
            self._log("session ended", each, reason="ended-elsewhere")
            self._renewal.revoke(each)

    def end_all(self, sign_out: SignOut) -> int:
        """End what the provider has ended. How many sessions there were is the answer."""
        ended = self._store.end_all(sign_out)
        log.info("sessions ended", extra={"surface": self._portal.name, "reason": "provider", "count": ended})
        return ended

    def _is_live(self, session: Session) -> bool:
        portal, now = self._portal, self._clock()
        if session.surface != portal.name or session.issuer != portal.issuer_address:
            return False
        if session.is_over(now):
            self._store.end(session.id)
            self._log("session ended", session, reason="too-long" if now >= session.ends_at else "idle")
            return False
        if session.is_worth_noting(now):
            self._store.seen(session, now)
        return True

    def _id_of(self, opaque: bytes) -> str:
        """What is stored tells nobody what to send."""
        return hashlib.sha256(b"\0".join((b"session", self._portal.name.encode(), opaque))).hexdigest()

    def _cookie(self, opaque: bytes) -> str:
        return written(self._portal.cookie, self._portal.keys.seal(COOKIE, opaque))

    def _log(self, what: str, session: Session, **more: str) -> None:
        about = {"surface": session.surface, "session": session.id[:12], "subject": session.subject}
        log.info(what, extra={**about, **more})


def _csrf(opaque: bytes) -> str:
    digest = hmac.new(opaque, b"csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
