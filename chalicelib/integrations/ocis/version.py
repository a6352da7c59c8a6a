"""oCIS: which version it is."""

from __future__ import annotations

from chalicelib.domain.provisioning import Integration
from chalicelib.integrations.calls import Call, Shape
from chalicelib.integrations.downstream import Api


class _Status(Shape):
    productversion: str


class OcisVersion:
    """`api` is of the server itself, not of what is below /graph."""

    integration: Integration = "ocis"

    def __init__(self, api: Api) -> None:
        self._api = api

    def version(self) -> str:
        """
        Sends    GET /status.php  ->  200 {"productversion": "7.1.0", "version": "10.11.0.0", …}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   oCIS, service frontend, ocdav status; "version" there is a promise to old clients only
        """
        return self._api.send(Call("GET", "/status.php", is_read=True)).shaped(_Status).productversion
