"""Provider: the identity provider as one surface uses it, and everything that is checked in what it says."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.auth.id_tokens import MAX_AGE, IdTokens
from chalicelib.auth.keys import KeySets
from chalicelib.auth.provider_metadata import ProviderMetadata
from chalicelib.auth.surface import Surface
from chalicelib.auth.token_answers import TokenAnswer
from chalicelib.auth.token_endpoint import TokenEndpoint, Transport
from chalicelib.auth.verifier import Verifier
from chalicelib.domain.session import Identity, Tokens
from chalicelib.errors import GrantRefused, KeysUnavailable, ProviderAway, SignInRefused, TokenRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """What the provider is reached with. `clock` is in seconds since 1970."""

    metadata: ProviderMetadata
    keys: KeySets
    transport: Transport
    clock: Callable[[], float]


class Provider:
    """Renewals, and the way in and out of one surface."""

    def __init__(self, surface: Surface, means: Means) -> None:
        self._name = surface.name
        self._metadata = means.metadata
        self._clock = means.clock
        self._tokens = TokenEndpoint(surface, means.metadata, means.transport)
        self._id_tokens = IdTokens(surface.issuer, means.keys, means.clock)
        self._access_tokens = Verifier([surface.issuer], means.keys, means.clock)

    def names_itself(self) -> bool:
        """Does `iss` stand beside every code of this provider? Raises ProviderAway."""
        return self._metadata.get().names_itself

    def sign_in_address(self, state: str, nonce: str, verifier: str, prompt: str) -> str:
        """Where the browser is sent. Raises ProviderAway."""
        asked = {"nonce": nonce, "max_age": MAX_AGE} | ({"prompt": prompt} if prompt else {})
        return self._tokens.authorization_address(state, verifier, **asked)

    def sign_out_address(self) -> str | None:
        """Where the browser ends its session at the provider; None when nobody can say.

        Without id_token_hint: the token would stand in an address, so in histories and logs. Authentik knows
        the session by its cookie; it then shows its own page instead of sending people back.

        Source   authentik, providers/oauth2/views/end_session.py
        """
        with suppress(ProviderAway):
            return self._metadata.get().end_session or None
        return None

    def redeemed(self, code: str, verifier: str, nonce: str) -> tuple[Identity, Tokens]:
        """Who signed in, and their tokens. Raises SignInRefused, ProviderAway."""
        try:
            answer = self._tokens.redeem(code, verifier)
            identity = self._id_tokens.signed_in(answer.id_token, nonce, answer.access_token)
            return identity, self._accepted(answer, identity.subject, None)
        except GrantRefused:
            raise SignInRefused("code-refused") from None
        except TokenRefused as refusal:
            raise SignInRefused(refusal.reason) from None
        except KeysUnavailable:
            raise ProviderAway("no-keys") from None

    def renewed(self, tokens: Tokens, subject: str) -> Tokens:
        """As promised by Renewals. Source: OpenID Connect Core 1.0, 12.2."""
        if tokens.refresh_token is None:
            raise GrantRefused("no-refresh-token")
        try:
            answer = self._tokens.refresh(tokens.refresh_token)
            if answer.id_token:
                _check_same(self._id_tokens.renewed(answer.id_token, answer.access_token).subject, subject)
            return self._accepted(answer, subject, tokens.refresh_token)
        except TokenRefused as refusal:
            raise GrantRefused(refusal.reason) from None
        except KeysUnavailable:
            raise ProviderAway("no-keys") from None

    def revoke(self, tokens: Tokens) -> None:
        """As promised by Renewals."""
        try:
            if tokens.refresh_token is not None:
                self._tokens.revoke(tokens.refresh_token)
        except ProviderAway as away:
            log.warning("token not revoked", extra={"surface": self._name, "reason": away.reason})

    def _accepted(self, answer: TokenAnswer, subject: str, refresh_token: str | None) -> Tokens:
        """The access token has to be one that our own API will accept, of this very person."""
        principal = self._access_tokens.verify(answer.access_token)
        _check_same(principal.subject, subject)
        until = min(self._clock() + answer.expires_in, principal.expires_at)
        return Tokens(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or refresh_token,
            expires_at=datetime.fromtimestamp(int(until), UTC),
        )


def _check_same(subject: str, expected: str) -> None:
    if subject != expected:
        raise TokenRefused("other-subject")
