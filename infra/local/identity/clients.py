"""The provider's records in the shape in which Authlib asks for them."""

import re
import secrets
from collections.abc import Collection

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oidc.core import AuthorizationCodeMixin

from infra.local.identity.fields import Record
from infra.local.identity.fixtures import Fixtures
from infra.local.identity.tokens import CONTEXT_CLASS


class Client(ClientMixin):
    """An OAuth2 provider of an application, as the OAuth client that it stands for."""

    def __init__(self, provider: Record, fixtures: Fixtures) -> None:
        self.provider = provider
        mapped = [fixtures.scopes.rows[key]["scope_name"] for key in provider["property_mappings"]]
        self._scopes = {*mapped, "openid", "offline_access"}

    def get_client_id(self) -> str:
        return str(self.provider["client_id"])

    def get_default_redirect_uri(self) -> None:  # type: ignore[override]  # the type stub forgets "none"
        """There is none: an authorization request names its own."""

    def get_allowed_scope(self, scope: Collection[str] | str) -> str:
        """Unknown scopes are left out, not refused: so does Authentik."""
        asked = scope.split() if isinstance(scope, str) else list(scope or ())
        return " ".join(name for name in dict.fromkeys(asked) if name in self._scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self._is_registered(redirect_uri, "authorization")

    def may_return_to(self, redirect_uri: str) -> bool:
        """Whether the browser may be sent there after signing out."""
        return self._is_registered(redirect_uri, "logout")

    def _is_registered(self, url: str, kind: str) -> bool:
        return any(
            re.fullmatch(entry["url"], url) if entry["matching_mode"] == "regex" else entry["url"] == url
            for entry in self.provider["redirect_uris"]
            if entry["redirect_uri_type"] == kind
        )

    def check_client_secret(self, client_secret: str) -> bool:
        known = str(self.provider["client_secret"])
        return secrets.compare_digest(known.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 (Authlib's)
        is_public: bool = self.provider["client_type"] == "public"
        return is_public is (method == "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type in self.provider["grant_types"])


class Code(AuthorizationCodeMixin):
    """A stored code on its way to being redeemed."""

    code_challenge_method = "S256"

    def __init__(self, record: Record) -> None:
        self.record = record
        self.code_challenge = str(record["code_challenge"])

    def get_redirect_uri(self) -> str:
        return str(self.record["redirect_uri"])

    def get_scope(self) -> str:
        return str(self.record["scope"])

    def get_nonce(self) -> str:
        return str(self.record["nonce"])

    def get_auth_time(self) -> int:
        return int(self.record["auth_time"])

    def get_acr(self) -> str:
        return CONTEXT_CLASS

    def get_amr(self) -> list[str]:
        return ["pwd"]


class Renewal(TokenMixin):
    """A grant that a refresh token is about to renew."""

    def __init__(self, grant: Record) -> None:
        self.grant = grant

    def check_client(self, client: ClientMixin) -> bool:
        return bool(self.grant["client_id"] == client.get_client_id())

    def get_scope(self) -> str:
        return str(self.grant["scope"])
