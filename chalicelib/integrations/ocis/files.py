"""What has to be done so that the tenant has its one space, as large as its plan says, and shared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Plan, Tenant
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.ocis import begun
from chalicelib.integrations.ocis.looking import Observed
from chalicelib.integrations.ocis.sharing import EDITOR, grant_of
from chalicelib.integrations.ocis.spaces import Drive

GIB = 2**30  # bytes
# Of tenants from before there were subscriptions; others have an allowance.
QUOTAS: dict[Plan, int] = {"starter": 10 * GIB, "business": 100 * GIB, "enterprise": 1024 * GIB}
FORBIDDEN = set('/\\.:?*"<>|')  # in the name of a space
LONGEST = 255  # bytes of a name


def space_steps(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    """An active tenant has one enabled space. Any other has none enabled, and none is made for it."""
    if tenant.lifecycle != "active":
        yield from map(disabling, observed.enabled)
    elif not observed.spaces and not observed.doubt:
        name = space_name(tenant)
        yield Step(action="create-space", sentence=f"Create the space {name}", target=name, makes=begun.SPACE)
        yield _share(tenant, observed, "")
    elif (space := the_one(observed)) is not None:
        yield from _corrections(tenant, space)
        yield from _sharing(tenant, observed, space)


def the_one(observed: Observed) -> Drive | None:
    """The space that is enabled; of disabled ones that which was in use. None when only a person can tell."""
    chosen = observed.enabled or list(observed.spaces)
    if len(chosen) > 1 and not observed.enabled:
        chosen = [each for each in chosen if each.id == observed.known]
    return chosen[0] if len(chosen) == 1 else None


def disabling(space: Drive) -> Step:
    return Step(
        action="disable-space",
        sentence=f"Disable the space {space.name}",
        risk="disruptive",
        target=space.id,
    )


def space_quota(tenant: Tenant) -> int:
    """Bytes of the tenant's space: what its plan includes for each of its seats."""
    return tenant.allowance.files if tenant.allowance else QUOTAS[tenant.plan]


def space_name(tenant: Tenant) -> str:
    """The tenant's name as far as oCIS allows it; its slug when nothing is left."""
    allowed = "".join(" " if _is_forbidden(each) else each for each in tenant.name)
    short = " ".join(allowed.split()).encode()[:LONGEST].decode(errors="ignore")
    return short.strip() or tenant.slug


def _corrections(tenant: Wanted, space: Drive) -> Iterator[Step]:
    name = space_name(tenant)
    if space.is_trashed:
        yield Step(action="restore-space", sentence=f"Enable the space {name}", target=space.id)
    if (space.name, space.quota_total) != (name, space_quota(tenant)):
        yield Step(action="change-space", sentence=f"Bring the space {name} up to date", target=space.id)


def _sharing(tenant: Wanted, observed: Observed, space: Drive) -> Iterator[Step]:
    if observed.grants is None:
        return
    group = observed.group.id if observed.group else ""
    roles = next((each.roles for each in observed.grants if each.id == grant_of(group)), None)
    if roles is None:
        yield _share(tenant, observed, space.id)
    elif roles != [EDITOR]:
        yield Step(
            action="make-editor",
            sentence=f"Let the tenant's group edit the space {space.name} again",
            target=space.id,
            arguments={"group": group},
        )


def _share(tenant: Wanted, observed: Observed, space: str) -> Step:
    return Step(
        action="share-space",
        sentence=f"Share the space {space_name(tenant)} with the tenant's group",
        target=space,
        arguments={"group": observed.group.id if observed.group else ""},
    )


def _is_forbidden(character: str) -> bool:
    return character in FORBIDDEN or unicodedata.category(character) in {"Cc", "Cs"}
