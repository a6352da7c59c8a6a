"""Whose account is whose: people of a tenant beside the users of Authentik. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.authentik.marks import TENANT, USER, is_marked, user_path
from chalicelib.integrations.authentik.users import User

TYPE = "internal"


class Accounts:
    """
    loose    accounts of ours that nobody of the tenant holds
    strays   those of them whose name nobody of the tenant has: the others are a conflict
    ours     all that carry the tenant's marker but those of guests, whose home has moved elsewhere
    """

    def __init__(self, tenant: Wanted, users: Iterable[User]) -> None:
        self._tenant = tenant
        self._users = tuple(users)
        self._by_name = {each.username: each for each in self._users}
        self._holders = self._held_by_id()
        self._holders |= self._held_by_name(frozenset(each.pk for each in self._holders.values()))
        held = {each.pk for each in self._holders.values()}
        names = {each.address for each in tenant.people}
        marked = [each for each in self._users if is_marked(tenant, each.attributes)]
        self.loose = tuple(each for each in marked if each.pk not in held)
        self.strays = tuple(each for each in self.loose if each.username not in names)
        guests = {each.pk for person in tenant.people if not person.home and (each := self.of(person))}
        self.ours = tuple(each for each in marked if each.pk not in guests)

    def of(self, person: Person) -> User | None:
        return self._holders.get(person.id)

    def holder_of_name(self, person: Person) -> User | None:
        """Whoever has the name that the person's account needs, ours or not."""
        return self._by_name.get(person.address)

    def _held_by_id(self) -> dict[str, User]:
        """A user that was renamed by hand is still the person's, unless a second one claims to be."""
        by_id: dict[str, list[User]] = {}
        for each in self._users:
            if isinstance(mark := each.attributes.get(USER), str):
                by_id.setdefault(mark, []).append(each)
        held: dict[str, User] = {}
        for person in self._tenant.people:
            claims = [each for each in by_id.get(person.id, ()) if self._is_claim(person, each)]
            claims.sort(key=lambda each: each.username != person.address)
            if claims:
                held[person.id] = claims[0]
        return held

    def _is_claim(self, person: Person, user: User) -> bool:
        return not person.home or user.username == person.address or is_marked(self._tenant, user.attributes)

    def _held_by_name(self, taken: frozenset[int]) -> dict[str, User]:
        """Users that stood under the tenant's path and marker before we gave them a person."""
        homeless = [each for each in self._tenant.people if each.home and each.id not in self._holders]
        pairs = [(person.id, self._by_name.get(person.address)) for person in homeless]
        return {
            person_id: user
            for person_id, user in pairs
            if user and user.pk not in taken and is_filed(self._tenant, user)
        }


def is_filed(tenant: Wanted, user: User) -> bool:
    """Does it stand under the tenant's path and carry its marker?"""
    return user.path == user_path(tenant) and is_marked(tenant, user.attributes)


def may_adopt(tenant: Wanted, person: Person, user: User) -> bool:
    """Is it the person's by name, and by our marker of the person or the tenant's path and marker?"""
    if user.username != person.address:
        return False
    return user.attributes.get(USER) == person.id or is_filed(tenant, user)


def is_guests(person: Person, attributes: Mapping[str, Any]) -> bool:
    """A guest's account is known by its marker alone: a name can belong to somebody else."""
    return bool(attributes.get(USER) == person.id)


def fields_of(tenant: Wanted, person: Person) -> dict[str, Any]:
    """What the person's account should be. `last_login`, `avatar`, `uid` and `*_obj` are the vendor's own."""
    return {
        "username": person.address,
        "name": person.name.strip(),  # the vendor strips it, too
        "email": person.address,
        "is_active": tenant.may_sign_in(person),
        "path": user_path(tenant),
        "type": TYPE,
    }


def difference(tenant: Wanted, person: Person, user: User) -> dict[str, Any]:
    """The fields of the account that are not as they should be."""
    wanted = fields_of(tenant, person)
    if person.name == person.address:
        del wanted["name"]  # we know no name, the person may have told the vendor one
    return {name: value for name, value in wanted.items() if getattr(user, name) != value}


def is_marked_for(tenant: Wanted, person: Person, user: User) -> bool:
    return user.attributes.get(USER) == person.id and user.attributes.get(TENANT) == tenant.slug
