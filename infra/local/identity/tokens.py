"""The tokens themselves: which claims are in them, who issues them, what the answer to an application holds.

Source   authentik documentation, "OAuth2 provider", and its id_token.py for the claims' names
"""

import secrets
from typing import TYPE_CHECKING

from infra.local.identity.durations import seconds_of
from infra.local.identity.fields import Record

if TYPE_CHECKING:
    from infra.local.identity.world import World

CONTEXT_CLASS = "goauthentik.io/providers/oauth2/default"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_LIFETIME = 120  # seconds


class Tokens:
    """Speaks for the issuer of one application: `…/application/o/<slug>/`, audience = its client id."""

    def __init__(self, world: "World", provider: Record) -> None:
        self._world, self._provider = world, provider

    @property
    def issuer(self) -> str:
        application = self._world.applications.of_provider(self._provider)
        slug = application["slug"] if application else ""
        return f"{self._world.settings.public_url}/application/o/{slug}/"

    def issue(self, grant: Record, scope: str) -> Record:
        """The answer to the application; a refresh token only for the scope offline_access.

        The id token is not part of it: Authlib adds that.
        """
        answer: Record = {
            "token_type": "Bearer",
            "access_token": self._access_token(grant, scope),
            "expires_in": int(self._lifetime),
            "scope": scope,
        }
        if "offline_access" in scope.split() and "refresh_token" in self._provider["grant_types"]:
            answer["refresh_token"] = self._world.grants.rotated(grant)
        return answer

    def _access_token(self, grant: Record, scope: str) -> str:
        token_id, claims = secrets.token_hex(16), self.common_claims(grant)
        own = {"azp": claims["aud"], "jti": token_id, "uid": secrets.token_urlsafe(30), "scope": scope}
        self._world.grants.note_access(grant, token_id, claims["exp"])
        user = self._world.users.get(str(grant["user"]))
        return self._world.keys.signed({**claims, **own, **about(self._world, user, scope)})

    def common_claims(self, grant: Record) -> Record:
        """What access and id token have in common."""
        now = int(self._world.clock())
        return {
            "iss": self.issuer,
            "sub": self._world.users.get(str(grant["user"]))["uid"],
            "aud": self._provider["client_id"],
            "exp": now + int(self._lifetime),
            "iat": now,
            "auth_time": grant["auth_time"],
            "acr": CONTEXT_CLASS,
            "amr": ["pwd"],
            "sid": grant["sid"],
        }

    def logout_token(self, subject: str, session: str) -> str:
        """What the application's back channel is sent (OpenID Connect Back-Channel Logout 1.0, 2.4)."""
        now = int(self._world.clock())
        claims = {
            "iss": self.issuer,
            "sub": subject,
            "aud": self._provider["client_id"],
            "iat": now,
            "exp": now + LOGOUT_TOKEN_LIFETIME,
            "jti": secrets.token_hex(16),
            "sid": session,
            "events": {LOGOUT_EVENT: {}},
        }
        return self._world.keys.signed(claims, "logout+jwt")

    @property
    def _lifetime(self) -> float:
        return seconds_of(self._provider["access_token_validity"])


def about(world: "World", user: Record, scope: str) -> Record:
    """The claims about a person that `scope` allows, `sub` always."""
    scopes, claims = scope.split(), {"sub": user["uid"]}
    if "email" in scopes:
        claims |= {"email": user["email"], "email_verified": True}
    if "profile" in scopes:
        names = {"name": user["name"], "given_name": user["name"], "nickname": user["username"]}
        claims |= {**names, "preferred_username": user["username"]}
    if "profile" in scopes or "groups" in scopes:
        claims["groups"] = [group["name"] for group in world.groups.of_user(user)]
    return claims
