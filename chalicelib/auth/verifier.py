"""Bearer token -> Principal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import jwt

from chalicelib.auth.claims import principal_of
from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.keys import KeySets
from chalicelib.auth.principal import Principal
from chalicelib.auth.tokens import UnverifiedToken, fingerprint, take_apart
from chalicelib.errors import TokenRefused


class Verifier:
    """Decides whether a token is one of ours. Every check is written out; nothing is left to a default.

    The algorithm comes from the configuration and the key from that issuer's set, never from the token.
    PyJWT's algorithms do the cryptography, called directly: `jwt.decode` would take the token apart a second
    time, with a laxer reading than `take_apart`, and double the cost of each request.
    """

    def __init__(self, issuers: Iterable[TrustedIssuer], keys: KeySets, clock: Callable[[], float]) -> None:
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._algorithms = {
            issuer.algorithm: jwt.get_algorithm_by_name(issuer.algorithm) for issuer in self._issuers.values()
        }
        self._keys = keys
        self._clock = clock

    def verify(self, unverified_token: str) -> Principal:
        """Who `unverified_token` speaks for.

        Raises   TokenRefused with a reason code, KeysUnavailable when the issuer's keys cannot be had
        Source   RFC 7519 section 7.2, RFC 8725, RFC 9068 section 4
        """
        token = take_apart(unverified_token)
        issuer = self._issuer_of(token)
        if token.algorithm != issuer.algorithm:
            raise TokenRefused("wrong-algorithm")
        principal = principal_of(token.claims, issuer, self._clock())  # cheap, so before keys and signature
        self._check_signature(token, issuer)
        return principal

    def evidence(self, unverified_token: object) -> dict[str, str]:
        """What of a refused token may be logged: its issuer if that is one of ours, its key's fingerprint."""
        evidence: dict[str, str] = {}
        with suppress(TokenRefused):
            token = take_apart(unverified_token)
            evidence["key"] = fingerprint(token.key_id)
            evidence["issuer"] = self._issuer_of(token).issuer
        return evidence

    def _issuer_of(self, token: UnverifiedToken) -> TrustedIssuer:
        name = token.claims.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise TokenRefused("unknown-issuer")
        return issuer

    def _check_signature(self, token: UnverifiedToken, issuer: TrustedIssuer) -> None:
        key = self._keys.key_for(issuer, token.key_id)
        if not self._algorithms[issuer.algorithm].verify(token.signing_input, key, token.signature):
            raise TokenRefused("bad-signature")
