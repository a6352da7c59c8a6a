"""Authentik: who signs in. For each tenant a group, and an account for each of its people."""

from __future__ import annotations

from chalicelib.config import Settings
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.authentik.invitations import AuthentikInvitations
from chalicelib.integrations.authentik.version import AuthentikVersion
from chalicelib.integrations.calls import BRIEF, Endpoint, base_url
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.secrets import secret_of


def authentik_connector(settings: Settings) -> AuthentikConnector:
    """Raises Misconfigured.

    The shared applications are those that tenants' people and nobody else may use: mail, files. The customer
    portal is not one of them: it is open to all, and the first binding would shut everybody else out.
    """
    shared = settings.authentik_shared_applications.split(",")
    slugs = tuple(each.strip() for each in shared if each.strip())
    return AuthentikConnector(Authentik(Api(_endpoint(settings))), slugs)


def authentik_invitations(settings: Settings) -> AuthentikInvitations:
    """Raises Misconfigured. A person waits for the answer, so it is brief."""
    return AuthentikInvitations(Authentik(Api(_endpoint(settings), BRIEF)).users)


def authentik_version(settings: Settings) -> AuthentikVersion:
    """Raises Misconfigured."""
    return AuthentikVersion(Api(_endpoint(settings), BRIEF))


def _endpoint(settings: Settings) -> Endpoint:
    url = base_url(settings.authentik_url, "AUTHENTIK_URL", is_local=settings.is_local)
    return endpoint(url, secret_of(settings, "authentik_token"))
