"""Authentik: who signs in. One group for each tenant."""

from __future__ import annotations

from chalicelib.config import Settings
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.calls import base_url, credential
from chalicelib.integrations.downstream import Api


def authentik_connector(settings: Settings) -> AuthentikConnector:
    """Raises Misconfigured."""
    url = base_url(settings.authentik_url, "AUTHENTIK_URL", is_local=settings.is_local)
    token = credential(settings.authentik_token, "AUTHENTIK_TOKEN")
    return AuthentikConnector(Authentik(Api(endpoint(url, token))))
