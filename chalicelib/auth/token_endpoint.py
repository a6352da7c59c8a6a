"""The provider's token endpoint. Authlib speaks the protocol; what comes back is read by ourselves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from chalicelib.auth.provider_metadata import ProviderMetadata
from chalicelib.auth.surface import Surface
from chalicelib.auth.token_answers import TokenAnswer, token_answer
from chalicelib.errors import GrantRefused, ProviderAway, Unavailable

SCOPE = "openid email profile groups offline_access"
CALLBACK = "/auth/oidc/callback"
# What the endpoint may say. All other errors are about the code or the refresh token: it is worth nothing.
OURS = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})
PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})

Ask = Callable[[Any, str], Any]  # (Authlib's client, address) -> body

log = logging.getLogger(__name__)


class Transport(Protocol):
    """Sends forms, with limits on everything; shaped as Authlib's client wants its HTTP session."""

    def post(self, url: str, data: Any = None, headers: Any = None, auth: Any = None) -> Any:
        """Raises ProviderAway."""


class ClientRefused(ProviderAway):
    """The provider does not accept us; perhaps our secret has a new value by now."""


class TokenEndpoint:
    """Codes and refresh tokens are each sent once, but for a secret that was rotated meanwhile."""

    def __init__(self, surface: Surface, metadata: ProviderMetadata, transport: Transport) -> None:
        self._surface = surface
        self._metadata = metadata
        self._transport = transport

    def authorization_address(self, state: str, verifier: str, **asked: object) -> str:
        """Where the browser is sent. Raises ProviderAway."""
        client, url = self._client(""), self._metadata.get().authorization
        address, _ = client.create_authorization_url(url, state=state, code_verifier=verifier, **asked)
        return str(address)

    def redeem(self, code: str, verifier: str) -> TokenAnswer:
        """Raises GrantRefused, ProviderAway. Source: RFC 6749 4.1.3, RFC 7636 4.5."""
        given = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        return self._asked(lambda client, url: client.fetch_token(url, **given))

    def refresh(self, refresh_token: str) -> TokenAnswer:
        """Raises GrantRefused, ProviderAway. Source: RFC 6749 6."""
        return self._asked(lambda client, url: client.refresh_token(url, refresh_token=refresh_token))

    def revoke(self, refresh_token: str) -> None:
        """Does nothing where the provider offers no revocation. Raises ProviderAway. Source: RFC 7009."""
        if url := self._metadata.get().revocation:
            self._client(self._secret()).revoke_token(url, refresh_token, "refresh_token")

    def _asked(self, ask: Ask) -> TokenAnswer:
        tried = self._secret()
        try:
            return self._once(ask, tried)
        except ClientRefused:
            newer = self._newer_secret(tried)
            if newer is None:
                log.error("the provider refuses this client", extra={"surface": self._surface.name})  # noqa: TRY400
                raise
        return self._once(ask, newer)

    def _once(self, ask: Ask, secret: str) -> TokenAnswer:
        url = self._metadata.get().token
        try:
            return token_answer(ask(self._client(secret), url))
        except OAuth2Error as error:
            reason = str(error.error)
        except ValueError:
            raise ProviderAway("token-answer") from None  # without the cause: its text may quote the answer
        if reason in OURS:
            raise ClientRefused("client-refused")
        if reason in PASSING:
            raise ProviderAway("token-error")
        raise GrantRefused("invalid-grant")

    def _secret(self) -> str:
        try:
            return self._surface.secret.value()
        except Unavailable:
            raise ProviderAway("no-secret") from None

    def _newer_secret(self, refused: str) -> str | None:
        try:
            return self._surface.secret.renewed(refused)
        except Unavailable:
            return None

    def _client(self, secret: str) -> Any:
        """Authlib's client keeps the last token in itself, so each call has its own."""
        return OAuth2Client(
            self._transport,
            client_id=self._surface.client_id,
            client_secret=secret,
            scope=SCOPE,
            redirect_uri=self._surface.address(CALLBACK),
            code_challenge_method="S256",
        )
