"""oCIS's part of a tenant: one project space, marked by its description."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Plan, Tenant
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.markers import carries, marker
from chalicelib.integrations.ocis.client import Drive, Ocis

GIB = 2**30  # bytes
QUOTAS: dict[Plan, int] = {"starter": 10 * GIB, "business": 100 * GIB, "enterprise": 1024 * GIB}
FORBIDDEN = set('/\\.:?*"<>|')  # in the name of a space
LONGEST = 255  # bytes of a name
SPACE = "space"


@dataclass(frozen=True, slots=True)
class Observed:
    """The tenant's own spaces, disabled ones included."""

    spaces: tuple[Drive, ...]


class OcisConnector:
    """The desired state of a terminated tenant is the same space: soft deletion keeps every object."""

    integration: Integration = "ocis"

    def __init__(self, ocis: Ocis) -> None:
        self._ocis = ocis

    def observe(self, tenant: Tenant) -> Observed:
        spaces = [each for each in self._ocis.project_spaces() if carries(each.description, tenant.slug)]
        if not spaces:
            self._check_gone(tenant)
        return Observed(tuple(spaces))

    def diff(self, tenant: Tenant, observed: Observed) -> tuple[Step, ...]:
        """Raises NeedsPerson "duplicate-space": only a person knows which of two holds the files."""
        space = _the_one(observed)
        name, quota = space_name(tenant), QUOTAS[tenant.plan]
        if space is None:
            return (Step(action="create-space", sentence=f"Create the space {name}", target=name),)
        restoration = Step(action="restore-space", sentence=f"Enable the space {name}", target=space.id)
        change = Step(action="change-space", sentence=f"Bring the space {name} up to date", target=space.id)
        differs = (space.name, space.quota_total) != (name, quota)
        return (*((restoration,) if space.is_trashed else ()), *((change,) if differs else ()))

    def apply(self, tenant: Tenant, step: Step) -> None:
        name, quota = space_name(tenant), QUOTAS[tenant.plan]
        if step.action == "create-space":
            self._ocis.create_space(name, marker(tenant.slug), quota)
        elif step.action == "restore-space":
            self._ocis.restore_space(step.target)
        else:
            self._ocis.change_space(step.target, name, quota)

    def ids(self, observed: Observed) -> dict[str, str]:
        space = _the_one(observed)
        return {SPACE: space.id} if space else {}

    def _check_gone(self, tenant: Tenant) -> None:
        """Before a list without our space is believed: a second one beside it would hide its files."""
        known = tenant.provisioning.ocis.ids.get(SPACE)
        found = self._ocis.find_space(known) if known else None
        if found is not None and carries(found.description, tenant.slug):
            raise TryLater("unexpected-answer", "oCIS's list lacks a space that is there")


def space_name(tenant: Tenant) -> str:
    """The tenant's name as far as oCIS allows it; its slug when nothing is left."""
    allowed = "".join(" " if _is_forbidden(each) else each for each in tenant.name)
    short = " ".join(allowed.split()).encode()[:LONGEST].decode(errors="ignore")
    return short.strip() or tenant.slug


def _is_forbidden(character: str) -> bool:
    return character in FORBIDDEN or unicodedata.category(character) in {"Cc", "Cs"}


def _the_one(observed: Observed) -> Drive | None:
    """The space that is enabled, else the one that is disabled. Raises NeedsPerson when there are several."""
    enabled = [each for each in observed.spaces if not each.is_trashed]
    chosen = enabled or observed.spaces
    if len(chosen) > 1:
        raise NeedsPerson("duplicate-space", f"{len(chosen)} spaces in oCIS claim to be this tenant's")
    return chosen[0] if chosen else None
