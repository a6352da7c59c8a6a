"""oCIS: files. A group, its people and one project space for each tenant."""

from __future__ import annotations

from chalicelib.config import Settings
from chalicelib.integrations.calls import base_url, credential
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis, endpoint
from chalicelib.integrations.ocis.connector import OcisConnector
from chalicelib.integrations.secrets import secret_of


def ocis_connector(settings: Settings) -> OcisConnector:
    """Raises Misconfigured."""
    url = base_url(settings.ocis_url, "OCIS_URL", is_local=settings.is_local)
    username = credential(settings.ocis_username, "OCIS_USERNAME")
    app_token = secret_of(settings, "ocis_app_token")
    return OcisConnector(Ocis(Api(endpoint(url, username, app_token)), url))
