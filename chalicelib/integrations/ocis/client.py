"""oCIS: the calls to its LibreGraph API that we make, and what its answers look like."""

from __future__ import annotations

from urllib.parse import quote

from requests.auth import HTTPBasicAuth

from chalicelib.errors import TryLater
from chalicelib.integrations.calls import Call, Endpoint, Shape
from chalicelib.integrations.downstream import Api

VENDOR = "oCIS"
DRIVES = "/v1.0/drives"


class _Quota(Shape):
    total: int | None = None


class _Deleted(Shape):
    state: str = ""


class _Root(Shape):
    deleted: _Deleted | None = None


class Drive(Shape):
    id: str
    name: str = ""
    description: str | None = None
    driveType: str  # noqa: N815 (the vendor's name)
    quota: _Quota | None = None
    root: _Root | None = None

    @property
    def is_trashed(self) -> bool:
        deleted = self.root.deleted if self.root else None
        return deleted is not None and deleted.state == "trashed"

    @property
    def quota_total(self) -> int | None:
        return self.quota.total if self.quota else None


class _Drives(Shape):
    value: list[Drive]


def endpoint(url: str, username: str, app_token: str) -> Endpoint:
    """`url` is the server's own, as people see it; the API is below it."""
    auth = HTTPBasicAuth(username.encode(), app_token.encode())
    return Endpoint(VENDOR, url.rstrip("/") + "/graph", auth)


class Ocis:
    def __init__(self, api: Api) -> None:
        self._api = api

    def project_spaces(self) -> list[Drive]:
        """Every project space of the installation, disabled ones included; there are no pages.

        Sends    GET /v1.0/drives?$filter=driveType eq 'project'  ->  200 {"value"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   LibreGraph API 1.0, operation ListAllDrives
        """
        wanted = {"$filter": "driveType eq 'project'"}
        answer = self._api.send(Call("GET", DRIVES, wanted, is_read=True))
        # A filter that the server does not know is ignored, so each type is compared again.
        return [drive for drive in answer.shaped(_Drives).value if drive.driveType == "project"]

    def find_space(self, identity: str) -> Drive | None:
        """The space with that id; None when it is gone, or we may not see it.

        Sends    GET /v1.0/drives/<id>  ->  200, 404
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   LibreGraph API 1.0, operation GetDrive
        """
        answer = self._api.send(Call("GET", _path(identity), accept=(200, 404), is_read=True))
        return None if answer.status == 404 else answer.shaped(Drive)

    def create_space(self, name: str, description: str, quota: int) -> None:
        """Create a project space. Nothing but us keeps it from being made twice.

        Sends    POST /v1.0/drives  {"name", "description", "quota": {"total": bytes}}  ->  201
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   LibreGraph API 1.0, operation CreateDrive
        """
        body = {"name": name, "description": description, "quota": {"total": quota}}
        self._api.send(Call("POST", DRIVES, json=body, accept=(201,)))

    def change_space(self, identity: str, name: str, quota: int) -> None:
        """Give the space that name and that many bytes.

        Sends    PATCH /v1.0/drives/<id>  {"name", "quota": {"total": bytes}}  ->  200
        Raises   TryLater, also for a 404 (gone or forbidden: only the list tells);
                 NeedsPerson, CredentialsRefused
        Source   LibreGraph API 1.0, operation UpdateDrive
        """
        self._patch(Call("PATCH", _path(identity), json={"name": name, "quota": {"total": quota}}))

    def restore_space(self, identity: str) -> None:
        """Enable a disabled space, with everything in it.

        Sends    PATCH /v1.0/drives/<id>  Restore: true  {}  ->  200
        Raises   as `change_space`
        Source   oCIS graph service, UpdateDrive, header Restore
        """
        self._patch(Call("PATCH", _path(identity), json={}, headers={"Restore": "true"}))

    def _patch(self, call: Call) -> None:
        accept = (*call.accept, 404)
        answer = self._api.send(
            Call(call.method, call.path, json=call.json, headers=call.headers, accept=accept)
        )
        if answer.status == 404:
            raise TryLater("moved", f"{VENDOR} no longer shows us a space that was just there")


def _path(identity: str) -> str:
    return f"{DRIVES}/{quote(identity, safe='')}"
