"""Provider: the identity provider as one surface uses it. Authlib speaks the protocol, we check."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from chalicelib.auth.id_tokens import MAX_AGE, IdTokens
from chalicelib.auth.keys import KeySets
from chalicelib.auth.provider_metadata import Metadata, ProviderMetadata
from chalicelib.auth.surface import Surface
from chalicelib.auth.token_answers import TokenAnswer, token_answer
from chalicelib.auth.verifier import Verifier
from chalicelib.domain.session import Identity, Tokens
from chalicelib.errors import GrantRefused, KeysUnavailable, ProviderAway, SignInRefused, TokenRefused

SCOPE = "openid email profile groups offline_access"
# Errors of the token endpoint. All but these are about the code or the refresh token: it is worth nothing.
OURS = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})
PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
CALLBACK = "/auth/oidc/callback"

log = logging.getLogger(__name__)


class Transport(Protocol):
    """Sends forms, with limits on everything; shaped as Authlib's client wants its HTTP session."""

    def post(self, url: str, data: Any = None, headers: Any = None, auth: Any = None) -> Any:
        """Raises ProviderAway."""


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
        self._surface = surface
        self._metadata = means.metadata
        self._transport = means.transport
        self._clock = means.clock
        self._id_tokens = IdTokens(surface.issuer, means.keys, means.clock)
        self._access_tokens = Verifier([surface.issuer], means.keys, means.clock)

    def metadata(self) -> Metadata:
        """Raises ProviderAway."""
        return self._metadata.get()

    def sign_in_address(self, state: str, nonce: str, verifier: str, prompt: str) -> str:
        """Where the browser is sent. Raises ProviderAway."""
        asked = {"nonce": nonce, "max_age": MAX_AGE} | ({"prompt": prompt} if prompt else {})
        address, _ = self._client().create_authorization_url(
            self.metadata().authorization, state=state, code_verifier=verifier, **asked
        )
        return str(address)

    def sign_out_address(self) -> str | None:
        """Where the browser ends its session at the provider; None when nobody can say.

        Without id_token_hint: the token would stand in an address, so in histories and logs. Authentik knows
        the session by its cookie; it then shows its own page instead of sending people back.

        Source   authentik, providers/oauth2/views/end_session.py
        """
        with suppress(ProviderAway):
            return self.metadata().end_session or None
        return None

    def redeemed(self, code: str, verifier: str, nonce: str) -> tuple[Identity, Tokens]:
        """Who signed in, and their tokens. A code is tried once.

        Raises   SignInRefused, ProviderAway
        """
        body = self._asked(
            lambda client, url: client.fetch_token(
                url, grant_type="authorization_code", code=code, code_verifier=verifier
            ),
            refused=lambda reason: SignInRefused(f"code-{reason}"),
        )
        answer = token_answer(body)
        try:
            identity = self._id_tokens.signed_in(answer.id_token, nonce, answer.access_token)
            return identity, self._tokens(answer, identity.subject, None)
        except TokenRefused as refusal:
            raise SignInRefused(refusal.reason) from None
        except KeysUnavailable:
            raise ProviderAway("no-keys") from None

    def renewed(self, tokens: Tokens, subject: str) -> Tokens:
        """As promised by Renewals. Source: OpenID Connect Core 1.0, 12.2."""
        if tokens.refresh_token is None:
            raise GrantRefused("no-refresh-token")
        body = self._asked(
            lambda client, url: client.refresh_token(url, refresh_token=tokens.refresh_token),
            refused=GrantRefused,
        )
        answer = token_answer(body)
        try:
            if answer.id_token:
                self._check_same(self._id_tokens.renewed(answer.id_token, answer.access_token), subject)
            return self._tokens(answer, subject, tokens.refresh_token)
        except TokenRefused as refusal:
            raise GrantRefused(refusal.reason) from None
        except KeysUnavailable:
            raise ProviderAway("no-keys") from None

    def revoke(self, tokens: Tokens) -> None:
        """As promised by Renewals. Source: RFC 7009."""
        if tokens.refresh_token is None:
            return
        try:
            url = self.metadata().revocation
            if url:
                self._client().revoke_token(url, tokens.refresh_token, "refresh_token")
        except ProviderAway as away:
            log.warning("token not revoked", extra={"surface": self._surface.name, "reason": away.reason})

    def _asked(
        self, ask: Callable[[Any, str], dict[str, object]], refused: Callable[[str], Exception]
    ) -> dict[str, object]:
        """The body of the token endpoint's answer. Raises ProviderAway, or what `refused` makes of it."""
        url = self.metadata().token
        try:
            return ask(self._client(), url)
        except OAuth2Error as error:
            reason = str(error.error)
        except ValueError:
            raise ProviderAway("token-answer") from None  # without the cause: its text may quote the answer
        if reason in OURS:
            log.error("the provider refuses this client", extra={"surface": self._surface.name})
            raise ProviderAway("client-refused")
        if reason in PASSING:
            raise ProviderAway("token-error")
        raise refused("invalid-grant")

    def _tokens(self, answer: TokenAnswer, subject: str, refresh_token: str | None) -> Tokens:
        """The access token has to be one that our own API will accept, of this very person."""
        principal = self._access_tokens.verify(answer.access_token)
        if principal.subject != subject:
            raise TokenRefused("other-subject")
        until = min(self._clock() + answer.expires_in, principal.expires_at)
        return Tokens(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or refresh_token,
            expires_at=datetime.fromtimestamp(int(until), UTC),
        )

    @staticmethod
    def _check_same(identity: Identity, subject: str) -> None:
        if identity.subject != subject:
            raise TokenRefused("other-subject")

    def _client(self) -> Any:
        """Authlib's client keeps the last token in itself, so each call has its own."""
        return OAuth2Client(
            self._transport,
            client_id=self._surface.client_id,
            client_secret=self._surface.secret.value(),
            scope=SCOPE,
            redirect_uri=self._surface.address(CALLBACK),
            code_challenge_method="S256",
        )
