"""oCIS: the calls that concern spaces, which its API calls drives."""

from __future__ import annotations

from chalicelib.integrations.calls import Call, Shape
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.answers import moved, segment

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


class Spaces:
    """Raises, in every method: TryLater, NeedsPerson, CredentialsRefused."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def projects(self) -> list[Drive]:
        """Every project space of the installation, disabled ones included; there are no pages.

        Sends    GET /v1.0/drives?$filter=driveType eq 'project'  ->  200 {"value"}
        Source   LibreGraph API 1.0, operation ListAllDrives
        """
        wanted = {"$filter": "driveType eq 'project'"}
        answer = self._api.send(Call("GET", DRIVES, wanted, is_read=True))
        # A filter that the server does not know is ignored, so each type is compared again.
        return [drive for drive in answer.shaped(_Drives).value if drive.driveType == "project"]

    def find(self, identity: str) -> Drive | None:
        """The space with that id; None when it is gone, or we may not see it.

        Sends    GET /v1.0/drives/<id>  ->  200, 404
        Source   LibreGraph API 1.0, operation GetDrive
        """
        answer = self._api.send(Call("GET", _path(identity), accept=(200, 404), is_read=True))
        return None if answer.status == 404 else answer.shaped(Drive)

    def find_listed(self, identity: str) -> Drive | None:
        """The same from a list, which shows disabled spaces as well.

        Sends    GET /v1.0/drives?$filter=id eq '<id>'  ->  200 {"value"}
        Source   LibreGraph API 1.0, operation ListAllDrives
        """
        asked = {"$filter": f"id eq '{identity}'"}
        found = self._api.send(Call("GET", DRIVES, asked, is_read=True)).shaped(_Drives).value
        return next((each for each in found if each.id == identity), None)

    def create(self, name: str, description: str, quota: int) -> None:
        """Create a project space. Nothing but us keeps it from being made twice.

        Sends    POST /v1.0/drives  {"name", "description", "quota": {"total": bytes}}  ->  201
        Source   LibreGraph API 1.0, operation CreateDrive
        """
        body = {"name": name, "description": description, "quota": {"total": quota}}
        self._api.send(Call("POST", DRIVES, json=body, accept=(201,)))

    def change(self, identity: str, name: str, quota: int) -> None:
        """Give the space that name and that many bytes.

        Sends    PATCH /v1.0/drives/<id>  {"name", "quota": {"total": bytes}}
                 ->  200, 404 (gone or forbidden)
        Source   LibreGraph API 1.0, operation UpdateDrive
        """
        body = {"name": name, "quota": {"total": quota}}
        self._seen(Call("PATCH", _path(identity), json=body, accept=(200, 404)))

    def restore(self, identity: str) -> None:
        """Enable a disabled space, with everything in it.

        Sends    PATCH /v1.0/drives/<id>  Restore: true  {}  ->  200, 404
        Source   oCIS graph service, UpdateDrive, header Restore
        """
        headers = {"Restore": "true"}
        self._seen(Call("PATCH", _path(identity), json={}, headers=headers, accept=(200, 404)))

    def disable(self, identity: str) -> None:
        """Nobody can open the space any more; everything in it stays. Safe to repeat.

        Sends    DELETE /v1.0/drives/<id>  ->  204, 404
        Source   LibreGraph API 1.0, operation DeleteDrive
        """
        self._seen(Call("DELETE", _path(identity), accept=(204, 404)))

    def purge(self, identity: str) -> None:
        """Remove a disabled space for good. One that is gone already is no failure.

        Sends    DELETE /v1.0/drives/<id>  Purge: T  ->  204, 404, 400 (it is enabled)
        Source   oCIS graph service, DeleteDrive, header Purge
        """
        call = Call("DELETE", _path(identity), headers={"Purge": "T"}, accept=(204, 400, 404))
        if self._api.send(call).status == 400:
            raise moved("a disabled space")

    def _seen(self, call: Call) -> None:
        if self._api.send(call).status == 404:
            raise moved("a space")


def _path(identity: str) -> str:
    return f"{DRIVES}/{segment(identity)}"
