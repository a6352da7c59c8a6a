"""Revocation: an application says that nobody shall use a refresh token any more (RFC 7009)."""

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc7009 import RevocationEndpoint

if TYPE_CHECKING:
    from infra.local.identity.world import World


class Revocation(RevocationEndpoint):
    """Answers 200 also for what it does not know: then there is nothing left to revoke."""

    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

    def __init__(self, world: "World", server: Any) -> None:
        super().__init__(server)
        self._world = world

    def authenticate_token(self, request: Any, client: Any) -> str:
        """The token; whose it is, the world knows."""
        self.check_params(request, client)
        request.client = client
        return str(request.form["token"])

    def revoke_token(self, token: str, request: Any) -> None:
        self._world.grants.forget_token(token, request.client.get_client_id())
