"""oCIS: the calls that concern groups."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from chalicelib.integrations.calls import Call, Shape, unexpected
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.answers import VENDOR, moved, segment
from chalicelib.integrations.ocis.users import User

GROUPS = "/v1.0/groups"
MOST_AT_ONCE = 20  # members that one call may add


class Group(Shape):
    id: str = Field(min_length=1)
    name: str = Field(alias="displayName")
    members: list[User] | None = None


class Groups:
    """Raises, in every method: TryLater, NeedsPerson, CredentialsRefused."""

    def __init__(self, api: Api, base: str) -> None:
        self._api = api
        self._base = base  # of references to users

    def find(self, name: str) -> Group | None:
        """The group of that name with its members; None when there is none.

        Sends    GET /v1.0/groups/<name>?$expand=members  ->  200, 404
        Source   LibreGraph API 1.0, operation GetGroup
        """
        expansion = {"$expand": "members"}
        answer = self._api.send(Call("GET", _path(name), expansion, accept=(200, 404), is_read=True))
        if answer.status == 404:
            return None
        group = answer.shaped(Group)
        if group.name.lower() != name.lower():  # the server compares in no case
            raise unexpected(VENDOR)
        return group

    def create(self, name: str) -> None:
        """Create the group unless there is one of that name.

        Sends    POST /v1.0/groups  {"displayName"}  ->  201, 409
        Source   LibreGraph API 1.0, operation CreateGroup
        """
        self._api.send(Call("POST", GROUPS, json={"displayName": name}, accept=(201, 409)))

    def add(self, identity: str, users: Sequence[str]) -> None:
        """Make up to 20 users members, by id; those who are already stay so.

        Sends    PATCH /v1.0/groups/<id>  {"members@odata.bind": ["<base>/v1.0/users/<id>", …]}
                 ->  200, 204, 404 (the group or one of the users)
        Source   LibreGraph API 1.0, operation UpdateGroup
        """
        references = [f"{self._base}/v1.0/users/{segment(user)}" for user in users]
        call = Call("PATCH", _path(identity), json={"members@odata.bind": references}, accept=(200, 204, 404))
        if self._api.send(call).status == 404:
            raise moved("a group or user")

    def remove(self, identity: str, user: str) -> None:
        """End a membership. One that has ended already is no failure.

        Sends    DELETE /v1.0/groups/<id>/members/<user id>/$ref  ->  204, 404
        Source   LibreGraph API 1.0, operation DeleteMember
        """
        path = f"{_path(identity)}/members/{segment(user)}/$ref"
        self._api.send(Call("DELETE", path, accept=(204, 404)))

    def delete(self, identity: str) -> None:
        """Remove the group, not its members. One that is gone already is no failure.

        Sends    DELETE /v1.0/groups/<id>  ->  204, 404
        Source   LibreGraph API 1.0, operation DeleteGroup
        """
        self._api.send(Call("DELETE", _path(identity), accept=(204, 404)))


def _path(key: str) -> str:
    return f"{GROUPS}/{segment(key)}"
