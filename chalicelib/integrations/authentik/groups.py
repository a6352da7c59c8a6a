"""Authentik's groups, and who is in them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from chalicelib.integrations.authentik.marks import TENANT
from chalicelib.integrations.authentik.paging import VENDOR, Keyed, everything, has_any, moved
from chalicelib.integrations.calls import Call, Shape, unexpected
from chalicelib.integrations.downstream import Api

GROUPS = "/core/groups/"


class Group(Keyed):
    pk: str
    name: str
    is_superuser: bool
    attributes: dict[str, Any]


class Member(Shape):
    pk: int
    username: str
    attributes: dict[str, Any]


class Team(Group):
    """A group with its members."""

    users: list[int]
    users_obj: list[Member]


class Groups:
    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, name: str) -> Group | None:
        """The group of exactly that name, without its members.

        Sends    GET /core/groups/?name=<name>&include_users=false&page=1  ->  200 {"pagination", "results"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_list
        """
        # An unknown or broken filter answers the whole list, so each name is compared again.
        asked = {"name": name, "include_users": "false"}
        return next((each for each in everything(self._api, GROUPS, asked, Group) if each.name == name), None)

    def find_team(self, name: str) -> Team | None:
        """The group of exactly that name, with its members.

        Sends    GET /core/groups/?name=<name>&include_users=true&page=1  ->  200 {"pagination", "results"}
        Raises   TryLater, also when the two lists of members disagree; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_list
        """
        asked = {"name": name, "include_users": "true"}
        listed = everything(self._api, GROUPS, asked, Team)
        return next((_whole(each) for each in listed if each.name == name), None)

    def get_team(self, pk: str) -> Team | None:
        """The group with that key, with its members: no list can hide it.

        Sends    GET /core/groups/<pk>/?include_users=true  ->  200, 404
        Raises   TryLater, also when the two lists of members disagree; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_retrieve
        """
        call = Call("GET", _path(pk), {"include_users": "true"}, accept=(200, 404), is_read=True)
        answer = self._api.send(call)
        return _whole(answer.shaped(Team)) if answer.status == 200 else None

    def marked_teams(self, slug: str) -> list[Team]:
        """The groups that carry the marker of the tenant `slug`, whatever their names.

        Sends    GET /core/groups/?attributes={"dezky_tenant": "<slug>"}&include_users=true&page=1  ->  200
        Raises   TryLater, also when the two lists of members disagree; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_list
        """
        asked = {"attributes": json.dumps({TENANT: slug}), "include_users": "true"}
        listed = everything(self._api, GROUPS, asked, Team)
        return [_whole(each) for each in listed if each.attributes.get(TENANT) == slug]

    def exist(self) -> bool:
        """Is there any group at all? Authentik's own admins are one, so that "no" cannot be true.

        Sends    GET /core/groups/?page_size=1&include_users=false  ->  200 {"results"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_list
        """
        return has_any(self._api, GROUPS, {"include_users": "false"})

    def create(self, name: str, attributes: dict[str, Any]) -> bool:
        """Create the group; False when the name is taken (or another field is refused: look again).

        Sends    POST /core/groups/  {"name", "attributes", "is_superuser": false, "parents": []}  ->  201
        Raises   TryLater, also for the 500 of two creations at once; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_create
        """
        body = {"name": name, "attributes": attributes, "is_superuser": False, "parents": []}
        return self._api.send(Call("POST", GROUPS, json=body, accept=(201, 400))).status == 201

    def change(self, pk: str, attributes: dict[str, Any]) -> None:
        """Replace all attributes of the group, and take superuser rights from it.

        Sends    PATCH /core/groups/<pk>/  {"attributes", "is_superuser": false}  ->  200
        Raises   TryLater, also when the group is gone by now; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_partial_update
        """
        body = {"attributes": attributes, "is_superuser": False}
        if self._api.send(Call("PATCH", _path(pk), json=body, accept=(200, 404))).status == 404:
            raise moved()

    def delete(self, pk: str) -> None:
        """Delete the group, with its bindings and all membership; safe to repeat.

        Sends    DELETE /core/groups/<pk>/  ->  204
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_destroy
        """
        self._api.send(Call("DELETE", _path(pk), accept=(204, 404)))

    def add(self, pk: str, user: int) -> None:
        """Make the user a member; safe to repeat. Never PATCH {"users"}: that replaces everybody.

        Sends    POST /core/groups/<pk>/add_user/  {"pk": <user>}  ->  204
        Raises   TryLater, also when group or user are gone by now; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_add_user_create
        """
        self._member("add_user", pk, user)

    def remove(self, pk: str, user: int) -> None:
        """The user is a member no longer; safe to repeat.

        Sends    POST /core/groups/<pk>/remove_user/  {"pk": <user>}  ->  204
        Raises   TryLater, also when group or user are gone by now; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_remove_user_create
        """
        self._member("remove_user", pk, user)

    def _member(self, action: str, pk: str, user: int) -> None:
        call = Call("POST", f"{_path(pk)}{action}/", json={"pk": user}, accept=(204, 404))
        if self._api.send(call).status == 404:
            raise moved()


def _whole(team: Team) -> Team:
    if sorted(team.users) != sorted(member.pk for member in team.users_obj):
        raise unexpected(VENDOR)
    return team


def _path(pk: str) -> str:
    return f"{GROUPS}{quote(pk, safe='')}/"
