"""oCIS: the calls that concern who belongs to a space."""

from __future__ import annotations

from chalicelib.integrations.calls import Call, Shape
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.answers import moved, segment

# The role "Can edit" of spaces, the same in every installation; files and folders have another one.
EDITOR = "58c63c02-1d89-4572-916a-870abc5a1b7d"


class Grant(Shape):
    """`id` is u:<user id> or g:<group id>."""

    id: str
    roles: list[str] = []


class _Grants(Shape):
    value: list[Grant]


def grant_of(group: str) -> str:
    """The id of the grant that a group has, wherever it has one."""
    return f"g:{group}"


class Sharing:
    """Raises, in every method: TryLater, NeedsPerson, CredentialsRefused."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def grants(self, space: str) -> list[Grant]:
        """Who belongs to an enabled space.

        Sends    GET /v1beta1/drives/<id>/root/permissions  ->  200 {"value"}, 404
        Source   LibreGraph API 1.0, operation ListPermissionsSpaceRoot
        """
        answer = self._api.send(Call("GET", f"{_root(space)}/permissions", accept=(200, 404), is_read=True))
        if answer.status == 404:
            raise moved("a space")
        return answer.shaped(_Grants).value

    def invite(self, space: str, group: str) -> None:
        """Let the group work in the space; a group that belongs to it already is no failure.

        Sends    POST /v1beta1/drives/<id>/root/invite
                 {"recipients": [{"objectId", "@libre.graph.recipient.type": "group"}], "roles": [<id>]}
                 ->  200, 404, 409 (it belongs to it, with whichever role)
        Source   LibreGraph API 1.0, operation InviteSpaceRoot
        """
        recipient = {"objectId": group, "@libre.graph.recipient.type": "group"}
        body = {"recipients": [recipient], "roles": [EDITOR]}
        call = Call("POST", f"{_root(space)}/invite", json=body, accept=(200, 404, 409))
        if self._api.send(call).status == 404:
            raise moved("a space")

    def make_editor(self, space: str, group: str) -> None:
        """Give a group that belongs to the space the role it should have.

        Sends    PATCH /v1beta1/drives/<id>/root/permissions/g:<group>  {"roles": [<id>]}  ->  200, 404
        Source   LibreGraph API 1.0, operation UpdatePermissionSpaceRoot
        """
        path = f"{_root(space)}/permissions/{segment(grant_of(group))}"
        if self._api.send(Call("PATCH", path, json={"roles": [EDITOR]}, accept=(200, 404))).status == 404:
            raise moved("a member of a space")


def _root(space: str) -> str:
    return f"/v1beta1/drives/{segment(space)}/root"
