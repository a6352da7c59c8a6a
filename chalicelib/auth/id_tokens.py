"""ID tokens: who signed in, checked by ourselves. Authlib's defaults do not look at the audience."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

from chalicelib.auth.claims import Claims, groups_of, instant, refuse, subject_of, text_of, verified_email
from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.keys import KeySets
from chalicelib.auth.principal import LEEWAY
from chalicelib.auth.signatures import SignedTokens
from chalicelib.domain.session import LONGEST, Identity

TYPES = frozenset({"jwt"})
JUST_NOW = 10 * 60  # seconds: an id token is redeemed at once, so an older one is somebody's old one
MAX_AGE = int(
    LONGEST.total_seconds()
)  # of the proof of who someone is; the authorization request asks for it
HASHES = {"RS256": hashlib.sha256, "ES256": hashlib.sha256, "EdDSA": hashlib.sha512}


class IdTokens:
    """The id tokens of one surface."""

    def __init__(self, issuer: TrustedIssuer, keys: KeySets, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._signed = SignedTokens(issuer, keys, clock)
        self._clock = clock

    def signed_in(self, unverified_token: object, nonce: str, access_token: str) -> Identity:
        """Who signed in in the transaction with that nonce.

        Raises   TokenRefused with a reason code, KeysUnavailable
        Source   OpenID Connect Core 1.0, 3.1.3.7 and 3.1.3.8
        """
        claims = self._claims(unverified_token)
        given = claims.get("nonce")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
            refuse("wrong-nonce")
        self._check_hash(claims, access_token)
        self._check_age(claims)
        return self._identity(claims)

    def renewed(self, unverified_token: object, access_token: str) -> Identity:
        """Who a refreshed session is about: these tokens have no nonce.

        Raises   as above
        Source   OpenID Connect Core 1.0, 12.2
        """
        claims = self._claims(unverified_token)
        self._check_hash(claims, access_token)
        return self._identity(claims)

    def _claims(self, unverified_token: object) -> Claims:
        claims = self._signed.claims(unverified_token, TYPES)
        if "events" in claims or "cnf" in claims:
            refuse("other-kind")
        if "uid" in claims or "scope" in claims:
            refuse("access-token")  # authentik signs both alike, and only its access tokens have these
        if self._clock() - instant(claims, "iat") > JUST_NOW:
            refuse("issued-long-ago")
        return claims

    def _check_hash(self, claims: Claims, access_token: str) -> None:
        """An access token of somebody else cannot be put beside this id token."""
        if "at_hash" in claims and claims["at_hash"] != self._hash_of(access_token):
            refuse("wrong-at-hash")

    def _hash_of(self, access_token: str) -> str:
        digest = HASHES[self._issuer.algorithm](access_token.encode()).digest()
        return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()

    def _check_age(self, claims: Claims) -> None:
        """We ask for a sign-in of today; then the provider has to say when it was."""
        age = self._clock() - instant(claims, "auth_time")
        if not -LEEWAY <= age <= MAX_AGE + LEEWAY:
            refuse("signed-in-long-ago")

    def _identity(self, claims: Claims) -> Identity:
        return Identity(
            issuer=self._issuer.issuer,
            subject=subject_of(claims),
            sid=session_id_of(claims),
            name=text_of(claims, "name"),
            email=verified_email(claims),
            groups=groups_of(claims),
        )


def session_id_of(claims: Claims) -> str | None:
    """The provider's session. Raises TokenRefused (bad-sid)."""
    sid = claims.get("sid")
    if sid is None and "sid" not in claims:
        return None
    if not isinstance(sid, str) or not 0 < len(sid) <= 255 or not sid.isprintable():
        refuse("bad-sid")
    return sid
