"""oCIS: the calls that concern users."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from chalicelib.integrations.calls import Call, Shape, unexpected
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.answers import VENDOR, moved, segment

USERS = "/v1.0/users"
WITH_GROUPS = {"$expand": "memberOf"}


class _Belonging(Shape):
    id: str
    name: str = Field(default="", alias="displayName")


class User(Shape):
    """`groups` is None where nobody asked for them."""

    id: str = Field(min_length=1)
    name: str = Field(alias="onPremisesSamAccountName")
    shown_name: str | None = Field(default=None, alias="displayName")
    mail: str | None = None
    enabled: bool | None = Field(default=None, alias="accountEnabled")
    groups: list[_Belonging] | None = Field(default=None, alias="memberOf")

    @property
    def key(self) -> str:
        """The name as the server compares it: in no case."""
        return self.name.lower()

    @property
    def is_enabled(self) -> bool:
        return self.enabled is not False  # what is not said is the default

    @property
    def has_own_mail(self) -> bool:
        """Is its mail address its name, as with every user of ours?"""
        return (self.mail or "").lower() == self.key


class _Users(Shape):
    value: list[User]


class Users:
    """Raises, in every method: TryLater, NeedsPerson, CredentialsRefused."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, key: str) -> User | None:
        """The user with that id or name, with groups; None when there is none.

        Sends    GET /v1.0/users/<id or name>?$expand=memberOf  ->  200, 404
        Source   LibreGraph API 1.0, operation GetUser
        """
        answer = self._api.send(Call("GET", _path(key), WITH_GROUPS, accept=(200, 404), is_read=True))
        if answer.status == 404:
            return None
        user = answer.shaped(User)
        if key not in {user.id, user.key}:
            raise unexpected(VENDOR)
        return user

    def of_domain(self, domain: str) -> list[User]:
        """The users whose names are addresses of that domain, with groups.

        Sends    GET /v1.0/users?$search="@<domain>"&$expand=memberOf  ->  200 {"value"}
        Source   LibreGraph API 1.0, operation ListUsers
        """
        found = self._listed({"$search": f'"@{domain}"'})
        return [user for user in found if user.key.endswith(f"@{domain}")]

    def of_group(self, group: str) -> list[User]:
        """The members of the group with that id, with all their groups.

        Sends    GET /v1.0/users?$filter=memberOf/any(x:x/id eq '<id>')&$expand=memberOf  ->  200 {"value"}
        Source   LibreGraph API 1.0, operation ListUsers
        """
        found = self._listed({"$filter": f"memberOf/any(x:x/id eq '{group}')"})
        return [user for user in found if any(each.id == group for each in user.groups or ())]

    def create(self, name: str, shown_name: str, *, enabled: bool) -> bool:
        """Create a user whose mail address is its name; False when the name is taken.

        Sends    POST /v1.0/users  {"onPremisesSamAccountName", "displayName", "mail", "accountEnabled",
                 "userType": "Member"}  ->  201, 409
        Source   LibreGraph API 1.0, operation CreateUser
        """
        body = {
            "onPremisesSamAccountName": name,
            "displayName": shown_name,
            "mail": name,
            "accountEnabled": enabled,
            "userType": "Member",
        }
        return self._api.send(Call("POST", USERS, json=body, accept=(201, 409))).status == 201

    def change(self, identity: str, fields: Mapping[str, object]) -> None:
        """Give the user those fields and leave all others.

        Sends    PATCH /v1.0/users/<id>  some of {"displayName", "mail", "accountEnabled"}  ->  200, 204, 404
        Source   LibreGraph API 1.0, operation UpdateUser
        """
        call = Call("PATCH", _path(identity), json=dict(fields), accept=(200, 204, 404))
        if self._api.send(call).status == 404:
            raise moved("a user")

    def delete(self, identity: str) -> None:
        """Remove the user and the personal space. One that is gone already is no failure.

        Sends    DELETE /v1.0/users/<id>  ->  204, 404
        Source   LibreGraph API 1.0, operation DeleteUser
        """
        self._api.send(Call("DELETE", _path(identity), accept=(204, 404)))

    def _listed(self, narrowed: Mapping[str, str]) -> list[User]:
        answer = self._api.send(Call("GET", USERS, {**narrowed, **WITH_GROUPS}, is_read=True))
        return answer.shaped(_Users).value


def _path(key: str) -> str:
    return f"{USERS}/{segment(key)}"
