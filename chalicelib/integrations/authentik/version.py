"""Authentik: which version it is."""

from __future__ import annotations

from chalicelib.domain.provisioning import Integration
from chalicelib.integrations.calls import Call, Shape
from chalicelib.integrations.downstream import Api


class _Version(Shape):
    version_current: str


class AuthentikVersion:
    integration: Integration = "authentik"

    def __init__(self, api: Api) -> None:
        self._api = api

    def version(self) -> str:
        """
        Sends    GET /admin/version/  ->  200 {"version_current": "2026.5.6", …}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation admin_version_retrieve: any valid token may ask
        """
        return self._api.send(Call("GET", "/admin/version/", is_read=True)).shaped(_Version).version_current
