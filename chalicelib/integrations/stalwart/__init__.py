"""Stalwart 0.16: mail. The domains of a tenant, and a mailbox for each person with an address in them."""

from __future__ import annotations

from chalicelib.config import Settings
from chalicelib.integrations.calls import base_url
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.secrets import secret_of
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint


def stalwart_connector(settings: Settings) -> StalwartConnector:
    """Raises Misconfigured."""
    url = base_url(settings.stalwart_url, "STALWART_URL", is_local=settings.is_local)
    key = secret_of(settings, "stalwart_api_key")
    return StalwartConnector(Stalwart(Jmap(Api(endpoint(url, key)))))
