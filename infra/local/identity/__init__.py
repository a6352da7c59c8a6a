"""The local identity provider: OpenID Connect in Authentik's layout, and its REST API, over one world."""

from infra.local.identity.app import create_app
from infra.local.identity.settings import IdentitySettings

__all__ = ["IdentitySettings", "create_app"]
