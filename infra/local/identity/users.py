"""Users as the API sees them; how they sign in stands in `people.py`.

Source   authentik API 2026.5, operations core_users_*
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.identity.attributes import with_attributes
from infra.local.identity.fields import (
    Field,
    Record,
    WrongValueError,
    any_uuid,
    choice,
    dictionary,
    email,
    flag,
    list_of,
    read,
    text,
    uuid_of,
)
from infra.local.identity.groups import no_choice
from infra.local.identity.ids import named_uuid
from infra.local.identity.query import Query
from infra.local.identity.refusals import invalid
from infra.local.identity.resource import EVERYTHING, Resource

TAKEN = "This field must be unique."
TYPES = ("internal", "external", "service_account", "internal_service_account")
BRIEF = ("pk", "username", "name", "is_active", "last_login", "email", "attributes", "uid")
AVATAR = "/static/dist/assets/images/user_default.png"


class Users(Resource):
    """Accounts; `is_active` off through PATCH takes their sessions and tokens along."""

    kind, table = "User", "users"
    order, searchable = ("username",), ("email", "name", "uuid", "username")
    exact, flags = ("username", "email", "name", "path", "uuid", "type"), ("is_active",)

    def fields(self, existing: Record | None) -> Mapping[str, Field]:
        return {
            "username": Field(self.unique("username", existing, TAKEN)(text(longest=150))),
            "name": Field(text(blank=True)),
            "email": Field(email, default=""),
            "is_active": Field(flag, default=True),
            "path": Field(user_path, default="users"),
            "type": Field(user_type, default="internal"),
            "groups": Field(list_of(uuid_of(self.world.groups.rows)), default=[]),
            "attributes": Field(dictionary, default={}),
        }

    def built(self, values: Record) -> Record:
        number, now = self.world.ids.number("user"), self.world.now()
        groups = values.pop("groups")
        record = {
            "pk": number,
            "uuid": named_uuid("user", str(number)),
            "uid": hashlib.sha256(named_uuid("uid", str(number)).encode()).hexdigest(),
            **values,
            "last_login": None,
            "date_joined": now,
            "password_change_date": now,
            "last_updated": now,
        }
        self._join(record, groups)
        return record

    def change(self, key: str, body: object) -> Record:
        """PATCH; deactivating ends the user's sessions in the same request."""
        changed = super().change(key, body)
        if not changed["is_active"]:
            self.world.sessions.end_all_of(changed["pk"])
        return changed

    def apply(self, record: Record, values: Record) -> None:
        """Any save of an inactive user drops the tokens; sessions are another matter (a PUT leaves them)."""
        if (groups := values.pop("groups", None)) is not None:
            self._join(record, groups)
        record.update(values, last_updated=self.world.now())
        if not record["is_active"]:
            self.world.grants.revoke_all_of(record["pk"])

    def _join(self, record: Record, groups: Sequence[str]) -> None:
        for key, group in self.world.groups.rows.items():
            others = [member for member in group["users"] if member != record["pk"]]
            group["users"] = [*others, record["pk"]] if key in groups else others

    def set_password(self, key: str, body: object) -> None:
        """Raises RefusedError 400 without one."""
        user = self.get(key)
        password = read({"password": Field(text())}, body, partial=False)["password"]
        self.world.people.set_password(user, password)

    def named(self, username: str) -> Record | None:
        return next((user for user in self.rows.values() if user["username"] == username), None)

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:
        if start := query.one("path_startswith"):
            records = [user for user in records if user["path"].startswith(start)]
        groups = self._asked_groups(query)
        if groups is not None:
            records = [user for user in records if user["pk"] in groups]
        return with_attributes(records, query.one("attributes"))

    def _asked_groups(self, query: Query) -> set[int] | None:
        """The members of the groups that the filters name, None when none is named.

        Raises   RefusedError 400 for a group that does not exist: never an empty list
        """
        keys, names = query.all("groups_by_pk"), query.all("groups_by_name")
        if not keys and not names:
            return None
        by_name = {group["name"]: group for group in self.world.groups.rows.values()}
        members: set[int] = set()
        for key in keys:
            members |= set(self._group_by_key(key)["users"])
        for name in names:
            if name not in by_name:
                raise invalid({"groups_by_name": [no_choice(name)]})
            members |= set(by_name[name]["users"])
        return members

    def _group_by_key(self, key: str) -> Record:
        try:
            return self.world.groups.rows[any_uuid(key)]
        except WrongValueError:
            raise invalid({"groups_by_pk": [f"“{key}” is not a valid value."]}) from None
        except KeyError:
            raise invalid({"groups_by_pk": [no_choice(key)]}) from None

    def removed(self, record: Record) -> None:
        for group in self.world.groups.rows.values():
            group["users"] = [member for member in group["users"] if member != record["pk"]]
        self.world.bindings.remove_of("user", record["pk"])
        self.world.sessions.end_all_of(record["pk"])
        self.world.grants.revoke_all_of(record["pk"])
        self.world.people.forget(record)

    def view(self, record: Record, query: Query = EVERYTHING) -> Record:
        groups = self.world.groups.of_user(record)
        shown = None
        if query.wants("include_groups", default=True):
            shown = [self.world.groups.brief(group) for group in groups]
        return {
            **record,
            "is_superuser": any(group["is_superuser"] for group in groups),
            "groups": [group["pk"] for group in groups],
            "groups_obj": shown,
            "roles": [],
            "roles_obj": [] if query.wants("include_roles", default=True) else None,
            "avatar": AVATAR,
        }

    def brief(self, record: Record) -> Record:
        """The short form inside other objects."""
        return {name: record[name] for name in BRIEF}


def user_path(value: Any) -> str:
    given: str = text()(value)
    if given.startswith("/") or given.endswith("/"):
        raise WrongValueError("No leading or trailing slashes allowed.")
    if "" in given.split("/"):
        raise WrongValueError("No empty segments in user path allowed.")
    return given


def user_type(value: Any) -> str:
    given: str = choice(*TYPES)(value)
    if given == "internal_service_account":
        raise WrongValueError("Setting a user to internal service account is not allowed.")
    return given
