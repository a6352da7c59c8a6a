"""Look: what is there of a tenant, with as few reads as its state allows.

A tenant in order costs three: all project spaces, the group with its members, the members of its space.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from chalicelib.domain.ports import Clock
from chalicelib.domain.wanted import Wanted
from chalicelib.errors import TryLater
from chalicelib.integrations.calls import unexpected
from chalicelib.integrations.markers import carries
from chalicelib.integrations.ocis import begun
from chalicelib.integrations.ocis.answers import VENDOR
from chalicelib.integrations.ocis.begun import Doubt
from chalicelib.integrations.ocis.client import Ocis
from chalicelib.integrations.ocis.groups import Group
from chalicelib.integrations.ocis.ownership import group_name, is_made_by_us, people_by_name
from chalicelib.integrations.ocis.sharing import Grant
from chalicelib.integrations.ocis.spaces import Drive
from chalicelib.integrations.ocis.users import User

SPACE, GROUP, USERS = "space", "group", "users"  # names of ids


@dataclass(frozen=True, slots=True)
class Observed:
    """
    spaces    the tenant's own, disabled ones included
    known     the id of the space that was in use last; empty before the first time
    group     None when there is none
    members   of the group; with their groups if somebody among them should not be there
    others    users outside the group that have the name of one of the people, with their groups
    strays    users that a worker set out to make for somebody who has left since, with their groups
    apart     to purge only: users that were once ours and are none of these, with their groups
    grants    who belongs to the space; None when that does not matter or cannot be seen
    users     ids of all users that are, or ever were, at home here; to purge, of those that still exist
    doubt     why "no spaces" is not believed yet; see `begun`
    """

    spaces: tuple[Drive, ...]
    known: str = ""
    group: Group | None = None
    members: tuple[User, ...] = ()
    others: tuple[User, ...] = ()
    strays: tuple[User, ...] = ()
    apart: tuple[User, ...] = ()
    grants: tuple[Grant, ...] | None = None
    users: frozenset[str] = frozenset()
    doubt: Doubt = ""

    @property
    def enabled(self) -> list[Drive]:
        return [each for each in self.spaces if not each.is_trashed]

    @property
    def by_name(self) -> dict[str, User]:
        return {each.key: each for each in (*self.others, *self.members)}


class Look:
    def __init__(self, ocis: Ocis, clock: Clock) -> None:
        self._ocis = ocis
        self._clock = clock

    def at(self, tenant: Wanted) -> Observed:
        status = tenant.provisioning.ocis
        ids = status.ids
        spaces = self.spaces(tenant)
        group = self._ocis.groups.find(group_name(tenant.slug))
        members = self._members(tenant, group)
        others = self._others(tenant, members)
        strays = self._strays(tenant, members)
        once = frozenset(ids.get(USERS, "").split())
        apart = self._each(once - _ids(members, others, strays)) if tenant.purging else ()
        all_of_them = _ids(members, others, strays, apart)
        return Observed(
            spaces=spaces,
            known=ids.get(SPACE, ""),
            group=group,
            members=members,
            others=others,
            strays=strays,
            apart=apart,
            grants=self._grants(tenant, spaces),
            users=once & all_of_them if tenant.purging else once | _at_home(tenant, members) | _ids(strays),
            doubt="" if spaces else begun.doubt(status, self._clock()),
        )

    def spaces(self, tenant: Wanted) -> tuple[Drive, ...]:
        """The tenant's own spaces. Raises TryLater for a list that lacks the one we know to be there."""
        own = [each for each in self._ocis.spaces.projects() if carries(each.description, tenant.slug)]
        for known in sorted(_known_spaces(tenant) - {each.id for each in own}):
            self._check_gone(tenant, known)
        return tuple(own)

    def named(self, names: Collection[str], *, is_last_word: bool = False) -> tuple[User, ...]:
        """The users of these names as far as they are found: one read for all names of a domain.

        is_last_word  nobody is made who is not found, and so found after all: a second list has to agree
        """
        by_domain: dict[str, list[str]] = defaultdict(list)
        for name in names:
            by_domain[name.rpartition("@")[2]].append(name)
        looks = 2 if is_last_word else 1
        found = [self._named_in(domain, wanted, looks) for domain, wanted in by_domain.items()]
        return tuple(user for each in found for user in each)

    def _named_in(self, domain: str, names: list[str], looks: int) -> list[User]:
        if len(names) == 1:
            user = self._ocis.users.find(names[0])
            return [user] if user else []
        found: dict[str, User] = {}
        for _ in range(looks):
            found |= {user.key: user for user in self._ocis.users.of_domain(domain) if user.key in names}
            if len(found) == len(names):
                break
        return list(found.values())

    def _check_gone(self, tenant: Wanted, known: str) -> None:
        """Before a list without our space is believed: a second one beside it would hide its files.

        A disabled space that is asked for by itself may look as if it were gone, so there is a second list.
        """
        found = self._ocis.spaces.find(known) or self._ocis.spaces.find_listed(known)
        if found is not None and carries(found.description, tenant.slug):
            raise hidden_space()

    def _members(self, tenant: Wanted, group: Group | None) -> tuple[User, ...]:
        members = tuple(group.members or ()) if group else ()
        strangers = {each.key for each in members} - people_by_name(tenant).keys()
        if group is None or not members or not (strangers or tenant.purging):
            return members
        closer = {each.id: each for each in self._ocis.users.of_group(group.id)}
        if any(each.id not in closer for each in members):
            raise unexpected(VENDOR)  # whom else they belong to decides what may be done to them
        return tuple(closer[each.id] for each in members)

    def _others(self, tenant: Wanted, members: tuple[User, ...]) -> tuple[User, ...]:
        """To purge, those that a worker set out to make are asked for one by one: no list can hide them."""
        names = people_by_name(tenant).keys() - {each.key for each in members}
        alone = names & begun.users(tenant.provisioning.ocis) if tenant.purging else set()
        is_last_word = tenant.lifecycle != "active"
        return (*self._each(alone), *self.named(sorted(names - alone), is_last_word=is_last_word))

    def _strays(self, tenant: Wanted, members: tuple[User, ...]) -> tuple[User, ...]:
        """Nothing but the name that was written down before leads to them."""
        known = people_by_name(tenant).keys() | {each.key for each in members}
        found = self._each(begun.users(tenant.provisioning.ocis) - known)
        return tuple(each for each in found if is_made_by_us(tenant, each))

    def _each(self, keys: Collection[str]) -> tuple[User, ...]:
        """The users with these ids or names, each asked for by itself: no list can hide it."""
        found = (self._ocis.users.find(each) for each in sorted(keys))
        return tuple(each for each in found if each)

    def _grants(self, tenant: Wanted, spaces: tuple[Drive, ...]) -> tuple[Grant, ...] | None:
        enabled = [each for each in spaces if not each.is_trashed]
        if tenant.lifecycle != "active" or tenant.purging or len(enabled) != 1:
            return None
        return tuple(self._ocis.sharing.grants(enabled[0].id))


def _known_spaces(tenant: Wanted) -> frozenset[str]:
    status = tenant.provisioning.ocis
    return begun.spaces(status) | {each for each in [status.ids.get(SPACE)] if each}


def hidden_space() -> TryLater:
    return TryLater("unexpected-answer", f"{VENDOR}'s list lacked a space that is there")


def _at_home(tenant: Wanted, members: tuple[User, ...]) -> frozenset[str]:
    people = people_by_name(tenant)
    return frozenset(each.id for each in members if each.key in people and people[each.key].home)


def _ids(*found: tuple[User, ...]) -> frozenset[str]:
    return frozenset(user.id for users in found for user in users)
