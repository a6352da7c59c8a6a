"""Authentik's users: people's accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chalicelib.errors import NeedsPerson
from chalicelib.integrations.authentik.marks import TENANT
from chalicelib.integrations.authentik.paging import VENDOR, Keyed, everything, has_any, moved
from chalicelib.integrations.calls import Call, Shape
from chalicelib.integrations.downstream import Api

USERS = "/core/users/"
SESSIONS = "/core/authenticated_sessions/bulk_delete/"
SLIM = {"include_groups": "false", "include_roles": "false"}
INVITATION = "hours=24"  # how long a link lasts
NO_RECOVERY = "No recovery flow set."


class User(Keyed):
    pk: int
    username: str
    name: str
    email: str
    is_active: bool
    path: str
    type: str
    attributes: dict[str, Any]


class _Link(Shape):
    link: str


class Users:
    def __init__(self, api: Api) -> None:
        self._api = api

    def under(self, path: str) -> list[User]:
        """The users of exactly that path.

        Sends    GET /core/users/?path=<path>&include_groups=false&page=1  ->  200 {"pagination", "results"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_users_list
        """
        return [each for each in self._listed({"path": path}) if each.path == path]

    def marked(self, slug: str) -> list[User]:
        """The users that carry the marker of the tenant `slug`, wherever they are.

        Sends    GET /core/users/?attributes={"dezky_tenant": "<slug>"}&page=1  ->  200
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_users_list
        """
        listed = self._listed({"attributes": json.dumps({TENANT: slug})})
        return [each for each in listed if each.attributes.get(TENANT) == slug]

    def named(self, username: str) -> User | None:
        """The user of exactly that name.

        Sends    GET /core/users/?username=<name>&include_groups=false&page=1  ->  200
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_users_list
        """
        listed = self._listed({"username": username})
        return next((each for each in listed if each.username == username), None)

    def exist(self) -> bool:
        """Is there any user at all? We are one, so that "no" is an answer that cannot be true.

        Sends    GET /core/users/?page_size=1&include_groups=false  ->  200 {"results"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_users_list
        """
        return has_any(self._api, USERS, SLIM)

    def find(self, pk: int) -> User | None:
        """
        Sends    GET /core/users/<pk>/  ->  200
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_users_retrieve
        """
        answer = self._api.send(Call("GET", _path(pk), accept=(200, 404), is_read=True))
        return answer.shaped(User) if answer.status == 200 else None

    def create(self, fields: Mapping[str, Any]) -> bool:
        """Create the user; False when the name is taken.

        Sends    POST /core/users/  {"username", "name", "email", "is_active", "path", "type", "groups",
                                     "attributes"}  ->  201
        Raises   TryLater, also for the 500 of two creations at once and for a group that is gone by now;
                 NeedsPerson "refused", CredentialsRefused
        Source   authentik API 2026.5, operation core_users_create
        """
        answer = self._api.send(Call("POST", USERS, json=dict(fields), accept=(201, 400)))
        if answer.status == 201:
            return True
        if "groups" in _complaints(answer.body):
            raise moved()
        if not _is_taken(answer.body):
            raise _refused()
        return False

    def change(self, pk: int, fields: Mapping[str, Any]) -> bool:
        """Change these fields of the user; False when the new name is taken.

        `is_active` false ends the user's sessions and tokens in the same request; a PUT would not.

        Sends    PATCH /core/users/<pk>/  {"is_active": false}  ->  200
        Raises   TryLater, also when the user is gone by now; NeedsPerson "refused", CredentialsRefused
        Source   authentik API 2026.5, operation core_users_partial_update;
                 https://github.com/goauthentik/authentik/issues/25081
        """
        answer = self._api.send(Call("PATCH", _path(pk), json=dict(fields), accept=(200, 400, 404)))
        if answer.status == 404:
            raise moved()
        if answer.status == 400 and not _is_taken(answer.body):
            raise _refused()
        return answer.status == 200

    def delete(self, pk: int) -> None:
        """Delete the user with all that hangs on it; safe to repeat.

        Sends    DELETE /core/users/<pk>/  ->  204
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_users_destroy
        """
        self._api.send(Call("DELETE", _path(pk), accept=(204, 404)))

    def end_sessions(self, pks: Sequence[int]) -> None:
        """End all sessions of these users, who may have none.

        Sends    DELETE /core/authenticated_sessions/bulk_delete/?user_pks=1&user_pks=2  ->  200 {"deleted"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_authenticated_sessions_bulk_delete_destroy
        """
        query = urlencode([("user_pks", pk) for pk in pks])
        self._api.send(Call("DELETE", f"{SESSIONS}?{query}"))

    def recovery_link(self, pk: int) -> str:
        """A link with which the user sets a password, once and for a day. It is a credential: never log it.

        Sends    POST /core/users/<pk>/recovery/  {"token_duration": "hours=24"}  ->  200 {"link"}
        Raises   NeedsPerson "no-recovery-flow" when the installation has none, or "refused"; TryLater, also
                 when the user is gone by now; CredentialsRefused
        Source   authentik API 2026.5, operation core_users_recovery_create
        """
        body = {"token_duration": INVITATION}
        answer = self._api.send(Call("POST", f"{_path(pk)}recovery/", json=body, accept=(200, 400, 404)))
        if answer.status == 404:
            raise moved()
        if answer.status == 400:
            raise _no_link(answer.body)
        return answer.shaped(_Link).link

    def _listed(self, asked: Mapping[str, str]) -> list[User]:
        return everything(self._api, USERS, {**asked, **SLIM}, User)


def _path(pk: int) -> str:
    return f"{USERS}{pk}/"


def _complaints(body: object) -> Mapping[str, Any]:
    return body if isinstance(body, dict) else {}


def _is_taken(body: object) -> bool:
    return "unique" in str(_complaints(body).get("username", ""))


def _refused() -> NeedsPerson:
    return NeedsPerson("refused", f"{VENDOR} does not accept what we know of a person")


def _no_link(body: object) -> NeedsPerson:
    # The vendor answers a string here, where it answers lists everywhere else.
    if NO_RECOVERY in str(_complaints(body).get("non_field_errors", "")):
        return NeedsPerson("no-recovery-flow", f"{VENDOR} has no recovery flow, so nobody can be invited")
    return _refused()
