"""Answers of the token endpoint: read strictly, because a session hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.errors import ProviderAway

LONGEST_LIFE = 24 * 3600  # seconds
LONGEST_TOKEN = 8 * 1024  # characters


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """
    id_token       empty when there was none
    refresh_token  None when the provider gave no new one
    expires_in     seconds
    """

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int


def token_answer(body: Mapping[str, object]) -> TokenAnswer:
    """Raises ProviderAway with a reason code. Source: RFC 6749 5.1, OpenID Connect Core 1.0 3.1.3.3."""
    kind = body.get("token_type")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ProviderAway("token-type")
    lifetime = body.get("expires_in")
    if type(lifetime) is not int or not 0 < lifetime <= LONGEST_LIFE:
        raise ProviderAway("expires-in")
    access_token = _token(body, "access_token")
    if not access_token:
        raise ProviderAway("no-access_token")
    return TokenAnswer(
        access_token, _token(body, "id_token"), _token(body, "refresh_token") or None, lifetime
    )


def _token(body: Mapping[str, object], name: str) -> str:
    token = body.get(name, "")
    if (
        not isinstance(token, str)
        or len(token) > LONGEST_TOKEN
        or not (token.isascii() and token.isprintable())
    ):
        raise ProviderAway(f"bad-{name}")
    return token
