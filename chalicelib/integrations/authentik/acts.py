"""The steps of a plan, done. Each may be repeated, also when it was cut off in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Person, Wanted
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.authentik import obstacles
from chalicelib.integrations.authentik.accounts import may_adopt
from chalicelib.integrations.authentik.client import Authentik
from chalicelib.integrations.authentik.groups import Group
from chalicelib.integrations.authentik.marks import (
    group_attributes,
    group_name,
    is_marked,
    user_attributes,
)
from chalicelib.integrations.authentik.paging import moved
from chalicelib.integrations.authentik.users import User


class Acts:
    def __init__(self, authentik: Authentik) -> None:
        self._groups = authentik.groups
        self._users = authentik.users
        self._applications = authentik.applications
        self._by_action: dict[str, Callable[[Wanted, Step], None]] = {
            "create-group": self._create_group,
            "change-group": lambda tenant, _: self._change_group(tenant),
            "delete-group": self._delete_group,
            "add-member": self._add_member,
            "remove-member": self._remove_member,
            "bind": self._bind,
            "unbind": lambda _, step: self._applications.unbind(step.arguments["binding"]),
            "lock-out": lambda _, step: self._lock_out(step),
            "end-sessions": lambda _, step: self._users.end_sessions(step.arguments["pks"]),
            "change-user": self._change_user,
            "create-user": self._create_user,
            "delete-user": self._delete_user,
        }

    def do(self, tenant: Wanted, step: Step) -> None:
        """Raises TryLater, NeedsPerson, WaitsFor, CredentialsRefused."""
        if step.action in obstacles.KINDS:
            obstacles.meet(step)
        self._by_action[step.action](tenant, step)

    def _create_group(self, tenant: Wanted, step: Step) -> None:
        if not self._groups.create(step.target, group_attributes(tenant, {})):
            self._our_group(tenant)

    def _change_group(self, tenant: Wanted) -> None:
        # Read again just before: the field is replaced as a whole, and others keep keys of their own in it.
        group = self._our_group(tenant)
        self._groups.change(group.pk, group_attributes(tenant, group.attributes))

    def _delete_group(self, tenant: Wanted, step: Step) -> None:
        group = self._groups.get_team(step.arguments["group"])
        if group is not None:
            _check_ours(tenant, group)
            self._groups.delete(group.pk)

    def _add_member(self, tenant: Wanted, step: Step) -> None:
        self._groups.add(self._group_key(tenant, step), step.arguments["pk"])

    def _remove_member(self, tenant: Wanted, step: Step) -> None:
        self._groups.remove(self._group_key(tenant, step), step.arguments["pk"])

    def _bind(self, tenant: Wanted, step: Step) -> None:
        self._applications.bind(step.arguments["application"], self._group_key(tenant, step))

    def _lock_out(self, step: Step) -> None:
        self._users.change(step.arguments["pk"], {"is_active": False})

    def _change_user(self, tenant: Wanted, step: Step) -> None:
        fields: dict[str, Any] = dict(step.arguments["fields"])
        if step.arguments["mark"]:
            fields["attributes"] = self._fresh_attributes(tenant, step)
        if not self._users.change(step.arguments["pk"], fields):
            raise _conflict(fields.get("username", step.target))

    def _fresh_attributes(self, tenant: Wanted, step: Step) -> dict[str, Any]:
        """With our marks added to what others keep there; the field is replaced as a whole."""
        user = self._users.find(step.arguments["pk"])
        if user is None or user.username != step.target:
            raise moved()
        person = _person(tenant, step)
        if not may_adopt(tenant, person, user):
            raise _conflict(user.username)
        return user_attributes(tenant, person.id, user.attributes)

    def _create_user(self, tenant: Wanted, step: Step) -> None:
        group, fields = self._group_key(tenant, step), step.arguments["fields"]
        person = _person(tenant, step)
        marks = user_attributes(tenant, person.id, {})
        if not self._users.create({**fields, "groups": [group], "attributes": marks}):
            user = self._our_user(tenant, person)
            kept = user_attributes(tenant, person.id, user.attributes)
            self._users.change(user.pk, {**fields, "attributes": kept})
            self._groups.add(group, user.pk)

    def _delete_user(self, tenant: Wanted, step: Step) -> None:
        user = self._users.find(step.arguments["pk"])
        if user is None:
            return
        if not is_marked(tenant, user.attributes):
            raise moved()  # somebody took our marker away since we looked
        self._users.delete(user.pk)

    def _our_user(self, tenant: Wanted, person: Person) -> User:
        """The account of that name, which our list did not show."""
        user = self._users.named(person.address)
        if user is None:
            raise _disagree("a person's account")
        if not may_adopt(tenant, person, user):
            raise _conflict(user.username)
        return user

    def _our_group(self, tenant: Wanted) -> Group:
        """Raises NeedsPerson for a group without our marker: foreign objects are never touched."""
        group = self._groups.find(group_name(tenant))
        if group is None:
            raise _disagree("the tenant's group")
        _check_ours(tenant, group)
        return group

    def _group_key(self, tenant: Wanted, step: Step) -> str:
        """The plan's, unless the group was made after the plan was."""
        return step.arguments["group"] or self._our_group(tenant).pk


def _person(tenant: Wanted, step: Step) -> Person:
    return next(each for each in tenant.people if each.id == step.arguments["person"])


def _check_ours(tenant: Wanted, group: Group) -> None:
    if not is_marked(tenant, group.attributes):
        obstacles.meet(obstacles.foreign_group(group.name))


def _conflict(name: str) -> NeedsPerson:
    sentence = obstacles.foreign_user(name).sentence
    return NeedsPerson("name-conflict", sentence)


def _disagree(what: str) -> TryLater:
    return TryLater("moved", f"Authentik's answers about {what} do not agree")
