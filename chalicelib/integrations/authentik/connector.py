"""Authentik's part of a tenant: one group that carries what Authentik has to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.authentik.client import Authentik, Group

MARKER = "dezky_tenant"


@dataclass(frozen=True, slots=True)
class Observed:
    group: Group | None


class AuthentikConnector:
    """The desired state of a terminated tenant is the same group: soft deletion keeps every object."""

    integration: Integration = "authentik"

    def __init__(self, authentik: Authentik) -> None:
        self._authentik = authentik

    def observe(self, tenant: Tenant) -> Observed:
        return Observed(self._authentik.find_group(group_name(tenant)))

    def diff(self, tenant: Tenant, observed: Observed) -> tuple[Step, ...]:
        """Raises NeedsPerson "name-conflict" for a group of our name that is not ours."""
        name = group_name(tenant)
        if observed.group is None:
            return (Step(action="create-group", sentence=f"Create the group {name}", target=name),)
        check_ours(tenant, observed.group)
        if observed.group.is_superuser or _merged(tenant, observed.group) != observed.group.attributes:
            return (Step(action="change-group", sentence=f"Bring the group {name} up to date", target=name),)
        return ()

    def apply(self, tenant: Tenant, step: Step) -> None:
        if step.action == "create-group":
            self._create(tenant)
        else:
            self._change(tenant)

    def ids(self, observed: Observed) -> dict[str, str]:
        return {"group": observed.group.pk} if observed.group else {}

    def _create(self, tenant: Tenant) -> None:
        if not self._authentik.create_group(group_name(tenant), attributes(tenant)):
            check_ours(tenant, self._present(tenant))

    def _change(self, tenant: Tenant) -> None:
        # Read again just before: the field is replaced as a whole, and others keep keys of their own in it.
        group = self._present(tenant)
        check_ours(tenant, group)
        self._authentik.change_group(group.pk, _merged(tenant, group))

    def _present(self, tenant: Tenant) -> Group:
        group = self._authentik.find_group(group_name(tenant))
        if group is None:
            raise TryLater("moved", "Authentik's answers about the tenant's group do not agree")
        return group


def group_name(tenant: Tenant) -> str:
    return f"dezky-t-{tenant.slug}"


def attributes(tenant: Tenant) -> dict[str, Any]:
    """What the tenant's group has to say, in our own keys."""
    return {
        MARKER: tenant.slug,
        "dezky_domains": list(tenant.domains),
        "dezky_plan": tenant.plan,
        "dezky_status": tenant.lifecycle,
    }


def check_ours(tenant: Tenant, group: Group) -> None:
    """Raises NeedsPerson for a group without our marker: foreign objects are never touched."""
    if group.attributes.get(MARKER) != tenant.slug:
        raise NeedsPerson("name-conflict", f"A group {group.name} that is not ours exists in Authentik")


def _merged(tenant: Tenant, group: Group) -> dict[str, Any]:
    return {**group.attributes, **attributes(tenant)}
