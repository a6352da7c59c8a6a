"""What has to be done so that the tenant's people are users in oCIS, and members of its group."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.ocis import begun
from chalicelib.integrations.ocis.groups import MOST_AT_ONCE
from chalicelib.integrations.ocis.looking import Observed
from chalicelib.integrations.ocis.ownership import group_name, people_by_name, was_ours
from chalicelib.integrations.ocis.users import User

FEW = 5  # people who may leave in one run, whatever the size of the group
SHARE = 5  # one part in so many of the group may leave in one run


def lockouts(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    """Users that may not sign in: first of all, as nothing that fails later may leave them in."""
    for user, fields in _differences(tenant, observed):
        if fields.get("accountEnabled") is False:
            yield _change(user, fields)
    for user in observed.strays:
        if user.is_enabled:
            yield _change(user, {"accountEnabled": False})
    if tenant.lifecycle == "active" and too_many_leave(tenant, observed):
        return
    for user in _leavers(tenant, observed):
        if user.is_enabled and was_ours(tenant, user, observed.users):
            yield _change(user, {"accountEnabled": False})


def creations(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    people = people_by_name(tenant)
    for name in _to_be_made(tenant, observed):
        person = people[name]
        yield Step(
            action="create-user",
            sentence=f"Create the user {name}",
            target=name,
            arguments={"name": shown_name(person), "enabled": tenant.may_sign_in(person)},
            makes=begun.user(name),
        )


def changes(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    for user, fields in _differences(tenant, observed):
        if fields.get("accountEnabled") is not False:
            yield _change(user, fields)


def joins(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    """Memberships, as many in a step as a call may add; users that are yet to be made go by their names.

    A tenant that is not active waits for no guest, so none is added either whose user comes up meanwhile.
    """
    if observed.group is None and tenant.lifecycle != "active":
        return
    people, is_active = people_by_name(tenant), tenant.lifecycle == "active"
    others = [each for each in observed.others if is_active or people[each.key].home]
    users = {each.key: each.id for each in others if each.has_own_mail}
    new = dict.fromkeys(_to_be_made(tenant, observed), "")
    pairs, name = iter({**users, **new}.items()), group_name(tenant.slug)
    while batch := dict(islice(pairs, MOST_AT_ONCE)):
        yield Step(
            action="add-members",
            sentence=f"Add {len(batch)} people to the group {name}",
            target=observed.group.id if observed.group else "",
            arguments={"users": batch},
        )


def departures(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    if observed.group is None or too_many_leave(tenant, observed):
        return
    for user in _leavers(tenant, observed):
        yield Step(
            action="remove-member",
            sentence=f"Remove {user.name} from the group {observed.group.name}",
            risk="disruptive",
            target=observed.group.id,
            arguments={"user": user.id},
        )


def too_many_leave(tenant: Wanted, observed: Observed) -> bool:
    """Would more people leave at once than is likely to be meant, without anybody having approved it?"""
    if tenant.may_remove_many:
        return False
    return len(_leavers(tenant, observed)) > max(FEW, len(observed.members) // SHARE)


def conflicts(observed: Observed) -> list[str]:
    """Names of people that users who are not theirs have in oCIS."""
    return [each.key for each in observed.others if not each.has_own_mail]


def absent_guests(tenant: Wanted, observed: Observed) -> list[str]:
    people = people_by_name(tenant)
    return [name for name in people if not people[name].home and name not in observed.by_name]


def shown_name(person: Person) -> str:
    """The person's name in one line, as directories keep it; the address when nothing is left."""
    text = "".join(each if each.isprintable() else " " for each in person.name)
    return " ".join(text.split()) or person.address


def _differences(tenant: Wanted, observed: Observed) -> Iterator[tuple[User, dict[str, object]]]:
    """Users of people at home here that are not as they should be, each with what it should be given."""
    people = people_by_name(tenant)
    for user in observed.by_name.values():
        person = people.get(user.key)
        if person is None or not person.home or not _is_ours(user, observed):
            continue
        if fields := _difference(user, person, may_sign_in=tenant.may_sign_in(person)):
            yield user, fields


def _difference(user: User, person: Person, *, may_sign_in: bool) -> dict[str, object]:
    seen = {"displayName": user.shown_name, "mail": user.mail, "accountEnabled": user.is_enabled}
    wanted = {"displayName": shown_name(person), "mail": person.address, "accountEnabled": may_sign_in}
    return {name: value for name, value in wanted.items() if seen[name] != value}


def _is_ours(user: User, observed: Observed) -> bool:
    return user.has_own_mail or user in observed.members


def _to_be_made(tenant: Wanted, observed: Observed) -> list[str]:
    """Names of users that are missing. None is made for a tenant that is not active."""
    if tenant.lifecycle != "active":
        return []
    people = people_by_name(tenant)
    return sorted(name for name in people if people[name].home and name not in observed.by_name)


def _leavers(tenant: Wanted, observed: Observed) -> list[User]:
    people = people_by_name(tenant)
    return [each for each in observed.members if each.key not in people]


def _change(user: User, fields: dict[str, object]) -> Step:
    enabled = fields.get("accountEnabled")
    verb = {True: "Enable", False: "Disable"}.get(enabled) if isinstance(enabled, bool) else None
    sentence = f"{verb} the user {user.name}" if verb else f"Bring the user {user.name} up to date"
    return Step(
        action="change-user",
        sentence=sentence,
        risk="disruptive" if enabled is False else "safe",
        target=user.id,
        arguments={"fields": fields},
    )
