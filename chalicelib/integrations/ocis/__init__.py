"""oCIS: files. A group, its people and one project space for each tenant."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.config import Settings
from chalicelib.integrations.calls import BRIEF, Endpoint, base_url, credential
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis, endpoint
from chalicelib.integrations.ocis.connector import OcisConnector
from chalicelib.integrations.ocis.version import OcisVersion
from chalicelib.integrations.secrets import secret_of


def ocis_connector(settings: Settings) -> OcisConnector:
    """Raises Misconfigured."""
    url, at = _url(settings), _endpoint(settings)
    return OcisConnector(Ocis(Api(at), url))


def ocis_version(settings: Settings) -> OcisVersion:
    """Raises Misconfigured."""
    return OcisVersion(Api(replace(_endpoint(settings), url=_url(settings)), BRIEF))


def _endpoint(settings: Settings) -> Endpoint:
    username = credential(settings.ocis_username, "OCIS_USERNAME")
    return endpoint(_url(settings), username, secret_of(settings, "ocis_app_token"))


def _url(settings: Settings) -> str:
    return base_url(settings.ocis_url, "OCIS_URL", is_local=settings.is_local)
