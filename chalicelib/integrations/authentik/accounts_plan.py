"""What has to be done about the accounts of a tenant's people. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.authentik import obstacles
from chalicelib.integrations.authentik.accounts import Accounts, difference, fields_of, is_marked_for
from chalicelib.integrations.authentik.users import User

SESSIONS_A_CALL = 100  # user keys in one address


class AccountsPlan:
    """Guests' accounts belong to another tenant: none of these steps is about them."""

    def __init__(self, tenant: Wanted, accounts: Accounts, group: str) -> None:
        self._tenant = tenant
        self._accounts = accounts
        self._group = group
        self._home = tuple(each for each in tenant.people if each.home)

    def lock_outs(self) -> tuple[Step, ...]:
        """Of people who may not sign in; of everybody when the tenant is not active. Never too many."""
        users = [user for person, user in self._held() if not self._tenant.may_sign_in(person)]
        loose = () if self._tenant.lifecycle == "active" else self._accounts.loose
        return _lock_outs((*users, *loose))

    def stray_lock_outs(self) -> tuple[Step, ...]:
        """Of those who are people of the tenant no longer; deleted by nothing but the purge."""
        return _lock_outs(self._accounts.strays)

    def changes(self) -> tuple[Step, ...]:
        """Names that are free come first: somebody else's may become free by that."""
        steps = [step for person, user in self._held() if (step := self._change(person, user))]
        names = {user.username for _, user in self._held()}
        return tuple(sorted(steps, key=lambda step: step.arguments["fields"].get("username") in names))

    def creations(self) -> tuple[Step, ...]:
        return tuple(self._create(person) for person in self._homeless() if not self._is_foreign(person))

    def conflicts(self) -> tuple[Step, ...]:
        return tuple(
            obstacles.foreign_user(person.address) for person in self._homeless() if self._is_foreign(person)
        )

    def everybody(self) -> tuple[int, ...]:
        """The keys of all accounts that this tenant decides about."""
        return (*(user.pk for _, user in self._held()), *(each.pk for each in self._accounts.loose))

    def _held(self) -> list[tuple[Person, User]]:
        return [(person, user) for person in self._home if (user := self._accounts.of(person))]

    def _homeless(self) -> list[Person]:
        return [person for person in self._home if self._accounts.of(person) is None]

    def _is_foreign(self, person: Person) -> bool:
        """Does somebody have the person's name who will not give it up in this very run?"""
        holder = self._accounts.holder_of_name(person)
        return holder is not None and all(holder.pk != user.pk for _, user in self._held())

    def _change(self, person: Person, user: User) -> Step | None:
        fields = difference(self._tenant, person, user)
        if fields.get("is_active") is False:
            del fields["is_active"]  # locked out already, before all else
        is_marked = is_marked_for(self._tenant, person, user)
        if not fields and is_marked:
            return None
        return Step(
            action="change-user",
            sentence=_sentence(person, fields),
            target=user.username,
            arguments={"pk": user.pk, "person": person.id, "fields": fields, "mark": not is_marked},
        )

    def _create(self, person: Person) -> Step:
        return Step(
            action="create-user",
            sentence=f"Create the account {person.address}",
            target=person.address,
            arguments={
                "person": person.id,
                "fields": fields_of(self._tenant, person),
                "group": self._group,
            },
        )


def end_sessions(keys: Iterable[int]) -> tuple[Step, ...]:
    """Locking out ends sessions already; this is for a vendor that forgot some."""
    pks = list(keys)
    chunks = [pks[start : start + SESSIONS_A_CALL] for start in range(0, len(pks), SESSIONS_A_CALL)]
    return tuple(
        Step(
            action="end-sessions",
            sentence=f"End all sessions of {len(chunk)} accounts",
            risk="disruptive",
            arguments={"pks": chunk},
        )
        for chunk in chunks
    )


def _lock_outs(users: Iterable[User]) -> tuple[Step, ...]:
    return tuple(
        Step(
            action="lock-out",
            sentence=f"Lock out {each.username}",
            risk="disruptive",
            target=each.username,
            arguments={"pk": each.pk},
        )
        for each in users
        if each.is_active
    )


def _sentence(person: Person, fields: dict[str, Any]) -> str:
    if fields.get("is_active"):
        return f"Let {person.address} sign in"
    return f"Bring the account {person.address} up to date"
