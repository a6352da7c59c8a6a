"""Signatures: a token of one issuer, verified, whatever kind of token it is."""

from __future__ import annotations

from collections.abc import Callable

import jwt

from chalicelib.auth.claims import Claims, checked_times
from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.keys import KeySets
from chalicelib.auth.tokens import take_apart
from chalicelib.errors import TokenRefused


class SignedTokens:
    """Tokens that one issuer signs for us beside its access tokens.

    clock  seconds since 1970
    """

    def __init__(self, issuer: TrustedIssuer, keys: KeySets, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._algorithm = jwt.get_algorithm_by_name(issuer.algorithm)
        self._keys = keys
        self._clock = clock

    def claims(self, unverified_token: object, types: frozenset[str]) -> Claims:
        """The claims, when our issuer has signed them for us alone and they are of now.

        Raises   TokenRefused with a reason code, KeysUnavailable
        Source   OpenID Connect Core 1.0, 3.1.3.7: steps 2 to 10
        """
        token = take_apart(unverified_token, types)
        if token.claims.get("iss") != self._issuer.issuer:
            raise TokenRefused("unknown-issuer")
        if token.algorithm != self._issuer.algorithm:
            raise TokenRefused("wrong-algorithm")
        _check_audience(token.claims, self._issuer.audience)
        checked_times(token.claims, self._clock())
        key = self._keys.key_for(self._issuer, token.key_id)
        if not self._algorithm.verify(token.signing_input, key, token.signature):
            raise TokenRefused("bad-signature")
        return token.claims


def _check_audience(claims: Claims, ours: str) -> None:
    """We are the only audience: we trust no other client, so what is for others as well is not ours."""
    if claims.get("aud") not in (ours, [ours]):
        raise TokenRefused("wrong-audience")
    if claims.get("azp", ours) != ours:
        raise TokenRefused("wrong-party")
