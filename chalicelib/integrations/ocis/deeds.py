"""Deeds: each step as the calls that it takes. What was not there when the step was planned is looked up."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted
from chalicelib.errors import NeedsPerson
from chalicelib.integrations.markers import marker
from chalicelib.integrations.ocis.answers import moved
from chalicelib.integrations.ocis.client import Ocis
from chalicelib.integrations.ocis.files import space_name, space_quota
from chalicelib.integrations.ocis.looking import Look, hidden_space
from chalicelib.integrations.ocis.ownership import group_name
from chalicelib.integrations.ocis.reports import REPORT, failure
from chalicelib.integrations.ocis.users import User

Deed = Callable[[Wanted, Step], None]


class Deeds:
    def __init__(self, ocis: Ocis, look: Look) -> None:
        self._ocis = ocis
        self._look = look
        self._deeds: dict[str, Deed] = {
            "create-group": lambda _, step: ocis.groups.create(step.target),
            "create-user": self._create_user,
            "change-user": lambda _, step: ocis.users.change(step.target, step.arguments["fields"]),
            "add-members": self._add_members,
            "remove-member": lambda _, step: ocis.groups.remove(step.target, step.arguments["user"]),
            "create-space": self._create_space,
            "restore-space": lambda _, step: ocis.spaces.restore(step.target),
            "change-space": self._change_space,
            "disable-space": lambda _, step: ocis.spaces.disable(step.target),
            "share-space": self._share_space,
            "make-editor": lambda _, step: ocis.sharing.make_editor(step.target, step.arguments["group"]),
            "purge-space": self._purge_space,
            "delete-user": lambda _, step: ocis.users.delete(step.target),
            "delete-group": lambda _, step: ocis.groups.delete(step.target),
            REPORT: self._report,
        }

    def do(self, tenant: Wanted, step: Step) -> None:
        self._deeds[step.action](tenant, step)

    def _create_user(self, _: Wanted, step: Step) -> None:
        name = step.target
        if not self._ocis.users.create(name, step.arguments["name"], enabled=step.arguments["enabled"]):
            self._check_own(name, self._ocis.users.find(name))

    def _add_members(self, tenant: Wanted, step: Step) -> None:
        """Users that were made in this run are asked for by name, all at once if the server finds them so."""
        users: dict[str, str] = step.arguments["users"]
        new = [name for name, identity in users.items() if not identity]
        found = {each.key: each for each in self._look.named(new)}
        ids = [identity or self._own(name, found.get(name)) for name, identity in users.items()]
        self._ocis.groups.add(step.target or self._group(tenant), ids)

    def _create_space(self, tenant: Wanted, step: Step) -> None:
        """Look once more: nothing at the vendor keeps us from making a second one."""
        if self._look.spaces(tenant):
            raise hidden_space()
        self._ocis.spaces.create(step.target, marker(tenant.slug), space_quota(tenant))

    def _change_space(self, tenant: Wanted, step: Step) -> None:
        self._ocis.spaces.change(step.target, space_name(tenant), space_quota(tenant))

    def _share_space(self, tenant: Wanted, step: Step) -> None:
        space = step.target or self._space(tenant)
        self._ocis.sharing.invite(space, step.arguments["group"] or self._group(tenant))

    def _purge_space(self, tenant: Wanted, step: Step) -> None:
        """Look once more at what is about to go: only what carries our marker is ever destroyed.

        In the list, as a disabled space that is asked for by itself may look as if it were gone.
        """
        if step.target in {each.id for each in self._look.spaces(tenant)}:
            self._ocis.spaces.purge(step.target)

    def _report(self, _: Wanted, step: Step) -> None:
        raise failure(step)

    def _own(self, name: str, user: User | None) -> str:
        return self._check_own(name, user or self._ocis.users.find(name)).id

    def _check_own(self, name: str, user: User | None) -> User:
        if user is None:
            raise moved("a user")
        if not user.has_own_mail:
            raise NeedsPerson(
                "name-conflict", f"A user in oCIS that is not this tenant's has the name {name}"
            )
        return user

    def _group(self, tenant: Wanted) -> str:
        group = self._ocis.groups.find(group_name(tenant.slug))
        if group is None:
            raise moved("a group")
        return group.id

    def _space(self, tenant: Wanted) -> str:
        own = [each for each in self._look.spaces(tenant) if not each.is_trashed]
        if len(own) != 1:
            raise moved("a space")  # or there are two: the next look says so
        return own[0].id
