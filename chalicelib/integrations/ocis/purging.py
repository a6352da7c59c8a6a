"""What has to be done so that nothing of ours is left of a tenant: spaces, then users, then the group."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.ocis import begun
from chalicelib.integrations.ocis.files import disabling
from chalicelib.integrations.ocis.looking import Observed
from chalicelib.integrations.ocis.ownership import is_elsewhere, is_left_behind, people_by_name, was_ours
from chalicelib.integrations.ocis.reports import unsure
from chalicelib.integrations.ocis.users import User


def purge_steps(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    for space in observed.spaces:
        if not space.is_trashed:
            yield disabling(space)
        purge = _destruction("purge-space", f"Delete the space {space.name} with all files", space.id)
        yield purge.with_(makes=begun.seen(space.id))  # written down, so that no list can hide it any more
    for user in users_of_ours(tenant, observed):
        yield _destruction("delete-user", f"Delete the user {user.name} with all personal files", user.id)
    yield from unsure(observed)
    if observed.group:
        yield _destruction("delete-group", f"Delete the group {observed.group.name}", observed.group.id)


def users_of_ours(tenant: Wanted, observed: Observed) -> list[User]:
    """Guests, strangers, and everybody whom another tenant has in its group are not among them."""
    people, known = people_by_name(tenant), observed.users
    inside = [
        each
        for each in observed.members
        if (people[each.key].home if each.key in people else was_ours(tenant, each, known))
    ]
    outside = [each for each in observed.others if each.has_own_mail and people[each.key].home]
    here = [each for each in (*inside, *outside) if not is_elsewhere(tenant, each)]
    here += observed.strays
    return here + [each for each in observed.apart if is_left_behind(tenant, each, known)]


def _destruction(action: str, sentence: str, target: str) -> Step:
    return Step(action=action, sentence=sentence, risk="destructive", target=target)
