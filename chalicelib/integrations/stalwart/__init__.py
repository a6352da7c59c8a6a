"""Stalwart 0.16: mail. The domains of a tenant, and a mailbox for each person with an address in them."""

from __future__ import annotations

from chalicelib.config import Settings
from chalicelib.integrations.calls import BRIEF, Endpoint, base_url
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.secrets import secret_of
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from chalicelib.integrations.stalwart.version import StalwartVersion
from chalicelib.integrations.stalwart.zones import StalwartZones


def stalwart_connector(settings: Settings) -> StalwartConnector:
    """Raises Misconfigured."""
    return StalwartConnector(Stalwart(Jmap(Api(_endpoint(settings)))))


def stalwart_version(settings: Settings) -> StalwartVersion:
    """Raises Misconfigured."""
    return StalwartVersion(Api(_endpoint(settings), BRIEF))


def stalwart_zones(settings: Settings) -> StalwartZones:
    """Raises Misconfigured."""
    return StalwartZones(Stalwart(Jmap(Api(_endpoint(settings), BRIEF))))


def _endpoint(settings: Settings) -> Endpoint:
    url = base_url(settings.stalwart_url, "STALWART_URL", is_local=settings.is_local)
    return endpoint(url, secret_of(settings, "stalwart_api_key"))
