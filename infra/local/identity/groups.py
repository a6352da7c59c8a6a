"""Groups and who is in them.

Source   authentik API 2026.5, operations core_groups_*
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from infra.local.identity.attributes import with_attributes
from infra.local.identity.fields import (
    Field,
    Record,
    dictionary,
    flag,
    integer_key_of,
    list_of,
    text,
    uuid_of,
)
from infra.local.identity.query import Query
from infra.local.identity.refusals import RefusedError, invalid
from infra.local.identity.resource import EVERYTHING, Resource

if TYPE_CHECKING:
    from infra.local.identity.world import World

TAKEN = "Group with this name already exists."


class Groups(Resource):
    """A group record holds its members' keys in `users`; nobody else stores membership."""

    kind, table = "Group", "groups"
    exact, flags = ("name",), ("is_superuser",)

    def fields(self, existing: Record | None) -> Mapping[str, Field]:
        return {
            "name": Field(self.unique("name", existing, TAKEN)(text())),
            "is_superuser": Field(flag, default=False),
            "parents": Field(list_of(uuid_of(self.rows)), default=[]),
            "users": Field(list_of(integer_key_of(self.world.users.rows)), default=[]),
            "attributes": Field(dictionary, default={}),
        }

    def built(self, values: Record) -> Record:
        key = self.world.ids.uuid("group")
        return {"pk": key, "num_pk": int(key.replace("-", "")[:7], 16), **values}

    def add_user(self, key: str, body: object) -> None:
        """204 also when the user is in already. Raises RefusedError 404 for an unknown group or user."""
        group, user = self.get(key), self._user_in(body)
        if user not in group["users"]:
            group["users"].append(user)

    def remove_user(self, key: str, body: object) -> None:
        group, user = self.get(key), self._user_in(body)
        group["users"] = [member for member in group["users"] if member != user]

    def _user_in(self, body: object) -> int:
        asked = body.get("pk") if isinstance(body, dict) else None
        if str(asked) not in self.world.users.rows:
            raise RefusedError(404, {"detail": "Not found."})
        return int(str(asked))

    def of_user(self, user: Record) -> Sequence[Record]:
        """The groups that hold the user directly, by name."""
        return sorted(
            (group for group in self.rows.values() if user["pk"] in group["users"]),
            key=lambda group: str(group["name"]),
        )

    def holds(self, key: str, user: Record) -> bool:
        """Whether the user is in the group or in a descendant of it."""
        if user["pk"] in self.rows[key]["users"]:
            return True
        return any(self.holds(child, user) for child, group in self.rows.items() if key in group["parents"])

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:
        members = chosen_users(self.world, query)
        if members:
            records = [group for group in records if members & set(group["users"])]
        return with_attributes(records, query.one("attributes"))

    def removed(self, record: Record) -> None:
        """Bindings go with the group, so an application that only it could use is open to all afterwards."""
        self.world.bindings.remove_of("group", record["pk"])
        for group in self.rows.values():
            group["parents"] = [parent for parent in group["parents"] if parent != record["pk"]]

    def view(self, record: Record, query: Query = EVERYTHING) -> Record:
        people = None
        if query.wants("include_users", default=True):
            people = [self.world.users.brief(self.world.users.rows[str(key)]) for key in record["users"]]
        parents, children = None, None
        if query.wants("include_parents", default=False):
            parents = [_related(self.rows[key]) for key in record["parents"]]
        if query.wants("include_children", default=False):
            children = [_related(group) for group in self._children(record)]
        return {
            **record,
            "users_obj": people,
            "parents_obj": parents,
            "children": [group["pk"] for group in self._children(record)],
            "children_obj": children,
            "roles": [],
            "roles_obj": [],
            "inherited_roles_obj": None,
        }

    def _children(self, record: Record) -> Sequence[Record]:
        return [group for group in self.rows.values() if record["pk"] in group["parents"]]

    def brief(self, record: Record) -> Record:
        """The short form inside other objects."""
        return {name: record[name] for name in ("pk", "num_pk", "name", "is_superuser", "attributes")}


def _related(record: Record) -> Record:
    kept = {name: record[name] for name in ("pk", "name", "is_superuser", "attributes")}
    return {**kept, "group_uuid": record["pk"]}


def chosen_users(world: "World", query: Query) -> set[int]:
    """The users that `members_by_pk` and `members_by_username` name.

    Raises   RefusedError 400 for one that does not exist: never an empty list
    """
    chosen: set[int] = set()
    for asked in query.all("members_by_pk"):
        if not re.fullmatch(r"\d+", asked):
            raise invalid({"members_by_pk": [f"“{asked}” is not a valid value."]})
        if asked not in world.users.rows:
            raise invalid({"members_by_pk": [no_choice(asked)]})
        chosen.add(int(asked))
    for asked in query.all("members_by_username"):
        found = world.users.named(asked)
        if found is None:
            raise invalid({"members_by_username": [no_choice(asked)]})
        chosen.add(found["pk"])
    return chosen


def no_choice(asked: str) -> str:
    return f"Select a valid choice. {asked} is not one of the available choices."
