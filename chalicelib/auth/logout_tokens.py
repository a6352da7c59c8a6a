"""Logout tokens: the provider says, server to server, that somebody signed out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.auth.claims import Claims, instant, refuse, subject_of
from chalicelib.auth.id_tokens import session_id_of
from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.keys import KeySets
from chalicelib.auth.principal import LEEWAY
from chalicelib.auth.signatures import SignedTokens
from chalicelib.domain.session import SignOut

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({"logout+jwt", "application/logout+jwt", "jwt"})
LONGEST_LIFE = 10 * 60  # seconds; the specification asks for at most two minutes
LONGEST_ID = 255  # characters


class LogoutToken(NamedTuple):
    """
    key         names the token among all that were ever accepted
    expires_at  seconds since 1970; afterwards the token is refused anyway
    """

    sign_out: SignOut
    key: str
    expires_at: float


class LogoutTokens:
    """The logout tokens of one surface."""

    def __init__(self, issuer: TrustedIssuer, keys: KeySets, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._signed = SignedTokens(issuer, keys, clock)

    def accepted(self, unverified_token: object) -> LogoutToken:
        """Whose sessions end.

        Raises   TokenRefused with a reason code, KeysUnavailable
        Source   OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6
        """
        claims = self._signed.claims(unverified_token, TYPES)
        _check_kind(claims)
        issued_at, expires_at = instant(claims, "iat"), instant(claims, "exp")
        if expires_at - issued_at > LONGEST_LIFE:
            refuse("lives-too-long")
        return LogoutToken(self._sign_out(claims), self._key(claims), expires_at + LEEWAY)

    def _sign_out(self, claims: Claims) -> SignOut:
        subject = subject_of(claims) if "sub" in claims else None
        sid = session_id_of(claims)
        if subject is None and sid is None:
            refuse("names-nobody")
        return SignOut(issuer=self._issuer.issuer, subject=subject, sid=sid)

    def _key(self, claims: Claims) -> str:
        token_id = claims.get("jti")
        if not isinstance(token_id, str) or not 0 < len(token_id) <= LONGEST_ID:
            refuse("missing-jti" if "jti" not in claims else "bad-jti")
        return hashlib.sha256(f"logout\0{self._issuer.issuer}\0{token_id}".encode()).hexdigest()


def _check_kind(claims: Claims) -> None:
    """An id token or an access token ends no session, however genuine it is."""
    events = claims.get("events")
    if not isinstance(events, dict) or events.keys() != {EVENT} or events[EVENT] != {}:
        refuse("wrong-event")
    if "nonce" in claims:
        refuse("has-nonce")
    if "uid" in claims or "scope" in claims or "at_hash" in claims or "cnf" in claims:
        refuse("other-kind")
