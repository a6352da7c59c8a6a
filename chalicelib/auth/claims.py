"""From claims to a Principal: who the token speaks for, to whom, and for how long."""

from __future__ import annotations

from typing import NoReturn

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.principal import LEEWAY, Principal
from chalicelib.errors import TokenRefused

MAX_LIFETIME = 24 * 3600  # seconds; a token that outlives a day is a password
MAX_TEXT = 255  # characters

Claims = dict[str, object]


def principal_of(claims: Claims, issuer: TrustedIssuer, now: float) -> Principal:
    """The principal that `claims` name. They mean nothing until their signature has been verified.

    Raises   TokenRefused: other-kind, id-token, wrong-audience, missing-… or bad-… with the claim's name,
             expired, not-yet-valid, issued-in-future, expires-before-issued, lives-too-long
    """
    check_audience(claims.get("aud"), issuer.audience)
    _refuse_other_kinds(claims, issuer)
    expires_at, issued_at = checked_times(claims, now)
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        refuse("bad-scope")
    return Principal(
        issuer=issuer.issuer,
        subject=subject_of(claims),
        audience=issuer.audience,
        email=verified_email(claims),
        name=text_of(claims, "name"),
        groups=groups_of(claims),
        expires_at=int(expires_at),
        signed_in_at=_signed_in_at(claims, issued_at, now),
        token_id=text_of(claims, "jti")
        or text_of(claims, "uid"),  # authentik names each access token in `uid`
    )


def _refuse_other_kinds(claims: Claims, issuer: TrustedIssuer) -> None:
    if "events" in claims or "cnf" in claims:
        refuse("other-kind")  # a logout token; or one bound to a key whose proof a bearer does not give
    if "at_hash" in claims or "c_hash" in claims:
        refuse("id-token")
    if claims.get("azp") != issuer.audience or "uid" not in claims:
        # authentik signs id and access tokens alike, for the same audience; a refresh gives an id token
        # even without a nonce. Only access tokens say in `azp` and `uid` whom and what they are:
        # https://github.com/goauthentik/authentik/blob/main/authentik/providers/oauth2/id_token.py
        refuse("id-token")


def check_audience(audience: object, ours: str) -> None:
    """`aud` as a text or a list of texts has to name us exactly; one odd entry spoils the list."""
    if audience == ours:
        return
    if not isinstance(audience, list) or not all(isinstance(entry, str) and entry for entry in audience):
        refuse("wrong-audience")
    if ours not in audience:
        refuse("wrong-audience")


def checked_times(claims: Claims, now: float) -> tuple[float, float]:
    expires_at, issued_at = instant(claims, "exp"), instant(claims, "iat")
    if now >= expires_at + LEEWAY:
        refuse("expired")
    if issued_at > now + LEEWAY:
        refuse("issued-in-future")
    if expires_at <= issued_at:
        refuse("expires-before-issued")
    if expires_at - issued_at > MAX_LIFETIME:
        refuse("lives-too-long")
    if "nbf" in claims:
        _check_not_before(instant(claims, "nbf"), expires_at, now)
    return expires_at, issued_at


def _check_not_before(not_before: float, expires_at: float, now: float) -> None:
    if not_before > expires_at:
        refuse("bad-nbf")
    if not_before > now + LEEWAY:
        refuse("not-yet-valid")


def instant(claims: Claims, name: str) -> float:
    """A NumericDate. Not isinstance: a bool is an int to Python."""
    value = claims.get(name)
    if type(value) is not int and type(value) is not float:
        refuse(f"missing-{name}" if name not in claims else f"bad-{name}")
    return value


def _signed_in_at(claims: Claims, issued_at: float, now: float) -> int:
    if "auth_time" not in claims:
        return int(issued_at)
    signed_in_at = instant(claims, "auth_time")
    if not 0 <= signed_in_at <= now + LEEWAY:
        refuse("bad-auth_time")
    return int(signed_in_at)


def subject_of(claims: Claims) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_TEXT:
        refuse("missing-sub" if "sub" not in claims else "bad-sub")
    if not subject.isprintable() or subject != subject.strip():
        refuse("bad-sub")
    return subject


def verified_email(claims: Claims) -> str:
    """The address in lower case, or "" where the issuer does not vouch for it.

    Only ASCII counts: lower() folds look-alikes onto ASCII letters (U+212A, the Kelvin sign, becomes k),
    and an address is what a first sign-in claims an invitation with.
    """
    email = text_of(claims, "email")
    is_ours_to_use = claims.get("email_verified") is True and email.isascii() and email.isprintable()
    return email.lower() if is_ours_to_use else ""


def groups_of(claims: Claims) -> tuple[str, ...]:
    groups = claims.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        refuse("bad-groups")
    return tuple(groups)


def text_of(claims: Claims, name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        refuse(f"bad-{name}")
    return value


def refuse(reason: str) -> NoReturn:
    raise TokenRefused(reason)
