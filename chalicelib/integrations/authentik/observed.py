"""What Authentik holds for a tenant: read in as few calls as can be, and believed only when it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.authentik.accounts import Accounts, is_guests
from chalicelib.integrations.authentik.applications import Binding
from chalicelib.integrations.authentik.client import Authentik
from chalicelib.integrations.authentik.groups import Team
from chalicelib.integrations.authentik.marks import group_name, is_marked, user_path
from chalicelib.integrations.authentik.paging import VENDOR, moved
from chalicelib.integrations.authentik.users import User
from chalicelib.integrations.calls import unexpected

# People without an account whose names are looked up in one look; a first import of hundreds does not wait
# for that: whoever is left finds out when the account is made, and comes first in the next look.
MOST_LOOKUPS = 50


@dataclass(frozen=True, slots=True)
class Access:
    """A shared application with its bindings; without a key it does not exist."""

    slug: str
    key: str | None
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Observed:
    """
    team     the group of our name, which may be somebody else's
    users    those under the tenant's path, members with its marker, and whoever has a name that we need
    access   the shared applications
    """

    team: Team | None = None
    users: tuple[User, ...] = ()
    access: tuple[Access, ...] = ()


def observe(authentik: Authentik, tenant: Wanted, shared: Sequence[str]) -> Observed:
    """Raises TryLater also when the lists contradict each other; NeedsPerson, CredentialsRefused."""
    team = authentik.groups.find_team(group_name(tenant))
    listed = authentik.users.under(user_path(tenant))
    known = (*listed, *_moved_away(authentik, tenant, team, listed))
    return Observed(
        team=team,
        users=(*known, *_named(authentik, tenant, team, known)),
        access=tuple(_access(authentik, slug) for slug in shared),
    )


def observe_rest(authentik: Authentik, tenant: Wanted, shared: Sequence[str]) -> Observed:
    """What is left of a tenant that is to be purged: everything is looked for in two ways.

    Users are, by path and by marker. A purge is the last look at a tenant, so one list that is empty by
    mistake must not be enough for "nothing is left".

    Raises   TryLater also for an Authentik that is empty altogether; NeedsPerson, CredentialsRefused
    """
    team = _remaining_team(authentik, tenant)
    found = {each.pk: each for each in authentik.users.under(user_path(tenant))}
    found |= {each.pk: each for each in authentik.users.marked(tenant.slug)}
    if any(pk not in found for pk in _marked_members(tenant, team)):
        raise unexpected(VENDOR)
    if not found and not authentik.users.exist():
        raise unexpected(VENDOR)
    if team is None and not authentik.groups.exist():
        raise unexpected(VENDOR)
    access = tuple(_access(authentik, slug) for slug in shared) if team else ()
    return Observed(team=team, users=tuple(found.values()), access=access)


def _remaining_team(authentik: Authentik, tenant: Wanted) -> Team | None:
    """The tenant's group by its name, else by its key and by its marker: then it was renamed, or hidden."""
    if team := authentik.groups.find_team(group_name(tenant)):
        return team
    known = tenant.provisioning.authentik.ids.get("group")
    kept = authentik.groups.get_team(known) if known else None
    if kept is not None and is_marked(tenant, kept.attributes):
        return kept
    return next(iter(authentik.groups.marked_teams(tenant.slug)), None)


def _moved_away(
    authentik: Authentik, tenant: Wanted, team: Team | None, listed: Sequence[User]
) -> tuple[User, ...]:
    """Members of ours that the list of our path lacks: put elsewhere by hand, or the list is wrong."""
    known = {each.pk for each in listed}
    missing = [pk for pk in _marked_members(tenant, team) if pk not in known]
    if len(missing) > MOST_LOOKUPS:
        raise unexpected(VENDOR)
    return tuple(_elsewhere(tenant, authentik.users.find(pk)) for pk in missing)


def _marked_members(tenant: Wanted, team: Team | None) -> list[int]:
    if team is None or not is_marked(tenant, team.attributes):
        return []
    return [each.pk for each in team.users_obj if is_marked(tenant, each.attributes)]


def _named(
    authentik: Authentik, tenant: Wanted, team: Team | None, known: Sequence[User]
) -> tuple[User, ...]:
    """Who has the names of people without an account, and the accounts of guests who are no members yet."""
    accounts = Accounts(tenant, known)
    missing = [person for person in tenant.people if _is_missing(tenant, person, accounts, team)]
    found = [authentik.users.named(person.address) for person in missing[:MOST_LOOKUPS]]
    keys = {each.pk for each in known}
    return tuple(_elsewhere(tenant, each) for each in found if each is not None and each.pk not in keys)


def _is_missing(tenant: Wanted, person: Person, accounts: Accounts, team: Team | None) -> bool:
    if accounts.of(person):
        return False
    if person.home:
        return accounts.holder_of_name(person) is None
    members = team.users_obj if team else []
    return tenant.may_sign_in(person) and not any(is_guests(person, each.attributes) for each in members)


def _elsewhere(tenant: Wanted, user: User | None) -> User:
    """The user, which is not under the tenant's path: else the list of that path was not whole."""
    if user is None:
        raise moved()
    if user.path == user_path(tenant):
        raise unexpected(VENDOR)
    return user


def _access(authentik: Authentik, slug: str) -> Access:
    key = authentik.applications.key_of(slug)
    if key is None:
        return Access(slug, None)
    return Access(slug, key, tuple(authentik.applications.bindings(key)))
