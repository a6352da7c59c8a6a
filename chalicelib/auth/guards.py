"""Guards: who may do what. Each route declares one; handlers/admission.py asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.actor import Actor
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import Role, at_least
from chalicelib.errors import (
    OperatorRightsRequired,
    OperatorScopeRequired,
    RoleRequired,
    TenantNotFound,
    TenantSuspended,
)

Kind = Literal["public", "portal", "signed_in", "tenant_member", "operator"]


@dataclass(frozen=True, slots=True)
class Guard:
    """
    kind               public: everyone; portal: its own frame asks the session; else a token is needed
    role               tenant_member: the least role that passes
    writes             the route changes something; a suspended tenant's members only read
    of_tenant          the slug in the path is a tenant's; admission reads it
    operators_write    platform admins pass here although the route writes; they always pass on reads
    """

    kind: Kind
    role: Role | None = None
    writes: bool = False
    operators_write: bool = False
    of_tenant: bool = False

    @property
    def needs_token(self) -> bool:
        """Does the gateway ask the authorizer first?"""
        return self.kind not in {"public", "portal"}

    def __str__(self) -> str:
        if self.kind != "tenant_member":
            return self.kind
        return f"tenant {self.role}" + (" or operator" if self.admits_operators else "")

    @property
    def admits_operators(self) -> bool:
        return not self.writes or self.operators_write


PUBLIC = Guard("public")
PORTAL = Guard("portal")
SIGNED_IN = Guard("signed_in")
OPERATOR = Guard("operator", writes=True)
OPERATOR_ON_TENANT = Guard("operator", writes=True, of_tenant=True)
MEMBER_READS = Guard("tenant_member", "member", of_tenant=True)
OWNER_READS = Guard("tenant_member", "owner", of_tenant=True)
MEMBER_OR_OPERATOR_WRITES = Guard(
    "tenant_member", "member", writes=True, operators_write=True, of_tenant=True
)
ADMIN_OR_OPERATOR_WRITES = Guard("tenant_member", "admin", writes=True, operators_write=True, of_tenant=True)


def check_scope(guard: Guard, audience: str, operator_audience: str) -> None:
    """The half that needs no database. Raises OperatorScopeRequired."""
    if guard.kind == "operator" and audience != operator_audience:
        raise OperatorScopeRequired


def check_rights(guard: Guard, actor: Actor) -> None:
    """The other half, read from the database on this request. Raises OperatorRightsRequired."""
    if guard.kind == "operator" and not actor.is_operator:
        raise OperatorRightsRequired


def check_membership(guard: Guard, actor: Actor, tenant: Tenant) -> None:
    """Raises TenantNotFound for a tenant that the actor may not see, RoleRequired, TenantSuspended."""
    if actor.is_operator and guard.admits_operators:
        return
    membership = actor.user.membership_of(tenant.id)
    if membership is None or not membership.active or tenant.lifecycle == "terminated":
        raise TenantNotFound
    if guard.role and not at_least(membership.role, guard.role):
        raise RoleRequired(f"This needs the role {guard.role} in this tenant")
    if guard.writes and tenant.lifecycle == "suspended":
        raise TenantSuspended
