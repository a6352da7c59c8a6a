"""The OAuth part: Authlib's authorization server over the world.

The rules about codes and tokens are the world's; Authlib knows the protocol.
"""

import logging
from typing import TYPE_CHECKING, Any, cast

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants.code import OpenIDCode, OpenIDToken
from flask import Flask, Response
from joserfc.jwk import RSAKey

from infra.local.identity.clients import Client, Code, Renewal
from infra.local.identity.fields import Record
from infra.local.identity.grants import Wish
from infra.local.identity.keys import ALGORITHM
from infra.local.identity.revocation import Revocation
from infra.local.identity.tokens import Tokens, about

if TYPE_CHECKING:
    from infra.local.identity.world import World

AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"]


def authorization_server(app: Flask, world: "World") -> "Server":
    """Code flow with PKCE, and refreshing; nothing else is answered."""
    logging.getLogger("authlib").setLevel(logging.INFO)  # at DEBUG it writes tokens into the log
    server = Server(world)
    server.init_app(app, query_client=server.client, save_token=lambda *_: None)  # a grant saves its own
    server.register_grant(CodeGrant, [OnlyS256(required=True), IdTokenOfCode(world)])
    server.register_grant(RefreshGrant, [IdTokenOfRefresh(world)])
    server.register_endpoint(Revocation(world, server))
    return server


class Server(AuthorizationServer):
    """Authlib's server, with the world for its grants to look into."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world

    def client(self, client_id: str) -> Client | None:
        """None also for a provider that belongs to no application: it has no issuer."""
        provider = self.world.providers.of_client(client_id)
        if provider is None or self.world.applications.of_provider(provider) is None:
            return None
        return Client(provider, self.world.fixtures)

    # Authlib's own methods are untyped, or not typed as under Flask: hence the casts and two ignores.

    def consented(self, session: Record | None) -> "CodeGrant":
        """The validated authorization request. Raises OAuth2Error."""
        try:
            return cast("CodeGrant", self.get_consent_grant(end_user=session))  # type: ignore[no-untyped-call]
        except ValueError as error:  # Authlib quotes the request and then refuses its own quotation
            raise InvalidRequestError("The request holds characters that are not allowed.") from error

    def sent_back(self, grant: "CodeGrant", session: Record) -> Response:
        """To the application, with a code or with an error."""
        return cast("Response", self.create_authorization_response(grant_user=session, grant=grant))

    def told(self, error: OAuth2Error) -> Response:
        """To the application, with the error."""
        return self.handle_response(*error(None))

    def tokens_answer(self) -> Response:
        return cast("Response", self.create_token_response())

    def revocation_answer(self) -> Response:
        return cast("Response", self.create_endpoint_response("revocation"))  # type: ignore[no-untyped-call]

    def tokens_of(self, client_id: str) -> Tokens | None:
        client = self.client(client_id)
        return Tokens(self.world, client.provider) if client else None


class CodeGrant(AuthorizationCodeGrant):
    """The user of an authorization request is the session that carries it."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION
    server: Server
    request: Any  # Authlib's request takes what a grant puts on it

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload.data
        wish = Wish(
            client_id=request.client.get_client_id(),
            redirect_uri=asked["redirect_uri"],
            scope=request.scope or "",
            nonce=asked.get("nonce", ""),
            code_challenge=asked["code_challenge"],
        )
        self.server.world.grants.keep_code(code, wish, request.user)

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        stored = self.server.world.grants.fresh_code(code, client.get_client_id())
        return Code(stored) if stored else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Redeemed codes are kept for a while, so that a second use is noticed."""

    def authenticate_user(self, authorization_code: Code) -> Record | None:
        return _active_user(self.server.world, authorization_code.record)

    def generate_token(self, *_: Any, scope: str | None = None, **__: Any) -> Record:
        self.request.credential = self.server.world.grants.begin(self.request.authorization_code.record)
        return _issued(self.server, self.request, scope)


class RefreshGrant(RefreshTokenGrant):
    """Every refresh token works once."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION
    INCLUDE_NEW_REFRESH_TOKEN = True
    server: Server
    request: Any  # Authlib's request takes what a grant puts on it

    def authenticate_refresh_token(self, refresh_token: str) -> Renewal | None:  # type: ignore[override]  # None refuses
        client_id = self.request.client.get_client_id()
        grant = self.server.world.grants.of_refresh_token(refresh_token, client_id)
        return Renewal(grant) if grant else None

    def authenticate_user(self, refresh_token: Renewal) -> Record | None:
        return _active_user(self.server.world, refresh_token.grant)

    def generate_token(self, *_: Any, scope: str | None = None, **__: Any) -> Record:
        self.request.credential = self.request.refresh_token.grant
        return _issued(self.server, self.request, scope)

    def revoke_old_credential(self, refresh_token: Any) -> None:
        """Issuing the new one spent the old one."""


def _issued(server: Server, request: Any, scope: str | None) -> Record:
    tokens = Tokens(server.world, request.client.provider)
    return tokens.issue(request.credential, scope or "")


def _active_user(world: "World", kept: Record) -> Record | None:
    user = world.users.rows.get(str(kept["user"]))
    return user if user and user["is_active"] else None


class OnlyS256(CodeChallenge):
    """PKCE for every client, confidential ones too, and never `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if asked.get("code_challenge_method") != "S256":  # absent would mean plain
            raise InvalidRequestError("Unsupported 'code_challenge_method'")
        super().validate_code_challenge(grant, redirect_uri)


class _IdToken(OpenIDToken):
    """How an id token is signed, and what stands in it besides nonce and at_hash."""

    world: "World"

    def resolve_client_private_key(self, client: Any) -> RSAKey:  # noqa: ARG002 (one key for all)
        return self.world.keys.current()

    def get_encode_header(self, client: Any) -> Record:  # noqa: ARG002 (one key for all)
        return {"alg": ALGORITHM, "kid": self.world.keys.current().kid, "typ": "JWT"}

    def get_compatible_claims(self, request: Any) -> Record:
        return Tokens(self.world, request.client.provider).common_claims(request.credential)

    def generate_user_info(self, user: Any, scope: str) -> Any:
        return about(self.world, user, scope)


class IdTokenOfCode(_IdToken, OpenIDCode):
    """For the code flow; the nonce is handed through."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world

    def exists_nonce(self, nonce: str, request: Any) -> bool:  # noqa: ARG002 (Authlib's)
        """Whether a nonce is fresh is for the client to judge: Authentik does not look."""
        return False


class IdTokenOfRefresh(_IdToken):
    """For refreshing: without a nonce (OpenID Connect Core 1.0, 12.2)."""

    def __init__(self, world: "World") -> None:
        self.world = world
