"""Renewal: the tokens of a session, kept sealed and fresh. One container renews at a time.

Refresh tokens work once. Two containers that used the same one would look like a thief to the provider,
which then ends everything. So the session's document holds a lease; who does not get it uses the token that
is still valid, or waits for the new one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import ValidationError

from chalicelib.domain.ports import Clock, NewId, Renewals, Seals, SessionStore
from chalicelib.domain.provisioning import Lease
from chalicelib.domain.session import Session, Tokens
from chalicelib.errors import GrantRefused, ProviderAway, SessionEnded

HELD = timedelta(seconds=12)  # longer than the provider may take, shorter than people wait
PAUSE = 0.1  # seconds between two looks of those who wait
LOOKS = 80  # so about 8 seconds

IsGood = Callable[[datetime], bool]  # is the token at hand good enough while there is no other?

log = logging.getLogger(__name__)


class Renewal:
    """The tokens of one surface's sessions."""

    def __init__(
        self,
        store: SessionStore,
        seals: Seals,
        provider: Renewals,
        clock: Clock,
        new_id: NewId,
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._seals = seals
        self._provider = provider
        self._clock = clock
        self._new_id = new_id
        self._sleep = sleep

    def sealed(self, session_id: str, tokens: Tokens) -> str:
        return self._seals.seal(_purpose(session_id), tokens.model_dump_json().encode())

    def access_token(self, session: Session) -> str:
        """Raises SessionEnded, ProviderAway."""
        tokens = self._opened(session)
        if tokens.is_fresh(self._clock()):
            return tokens.access_token
        return self._newer(session, tokens, tokens.is_valid)

    def renewed(self, session: Session) -> str:
        """Another token than this session's, which was refused. Raises SessionEnded, ProviderAway."""
        return self._newer(session, self._opened(session), lambda _: False)

    def revoke(self, session: Session) -> None:
        try:
            tokens = self._opened(session)
        except SessionEnded:
            return
        self._provider.revoke(tokens)

    def _newer(self, session: Session, tokens: Tokens, is_good: IsGood) -> str:
        now = self._clock()
        held = session.with_(lease=Lease(token=self._new_id(), until=now + HELD))
        if held.lease is not None and self._store.lease(session, held.lease, now):
            return self._exchanged(held, tokens, is_good)
        return tokens.access_token if is_good(now) else self._awaited(session)

    def _exchanged(self, session: Session, tokens: Tokens, is_good: IsGood) -> str:
        try:
            newer = self._provider.renewed(tokens, session.subject)
        except GrantRefused as refused:
            self._end(session, refused.reason)
            raise SessionEnded from None
        except ProviderAway as away:
            self._store.release(session)
            log.warning("token not renewed", extra={"session": session.id[:12], "reason": away.reason})
            if is_good(self._clock()):
                return tokens.access_token
            raise
        return self._kept(session, newer)

    def _kept(self, session: Session, newer: Tokens) -> str:
        """Whoever signed out meanwhile stays signed out."""
        if not self._store.renewed(session.with_(tokens=self.sealed(session.id, newer))):
            self._provider.revoke(newer)
            self._end(session, "renewed-too-late")
            raise SessionEnded
        return newer.access_token

    def _awaited(self, session: Session) -> str:
        """The token that somebody else is getting, or has got."""
        for _ in range(LOOKS):
            current = self._store.find(session.id)
            if current is None:
                raise SessionEnded
            if current.version != session.version:
                return self._opened(current).access_token
            if current.lease is None or current.lease.until <= self._clock():
                break  # whoever was at it has given up
            self._sleep(PAUSE)
        raise ProviderAway("renewal-awaited-in-vain")

    def _opened(self, session: Session) -> Tokens:
        """Raises SessionEnded when no key opens them any more."""
        plain = self._seals.open(_purpose(session.id), session.tokens)
        try:
            return Tokens.model_validate_json(plain or b"")
        except ValidationError:
            self._end(session, "tokens-unreadable")
            raise SessionEnded from None  # the error's text quotes the tokens

    def _end(self, session: Session, reason: str) -> None:
        self._store.end(session.id)
        log.info(
            "session ended", extra={"session": session.id[:12], "subject": session.subject, "reason": reason}
        )


def _purpose(session_id: str) -> str:
    """Bound to the session: tokens that were moved to another document do not open."""
    return f"tokens:{session_id}"
