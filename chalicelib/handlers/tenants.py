"""The routes of tenants."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import ADMIN_OR_OPERATOR_WRITES, MEMBER_READS, OPERATOR_ON_TENANT, SIGNED_IN
from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import ChangeTenant, CreateTenant, SuspendTenant
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.provisioning import INTEGRATIONS, STATES
from chalicelib.domain.tenant import Plan, Status, Tenant
from chalicelib.errors import (
    AlreadyExists,
    ConcurrentChange,
    DomainTaken,
    ImpossibleMove,
    OperatorScopeRequired,
    PreconditionFailed,
)
from chalicelib.handlers.answers import (
    StatusCounts,
    TenantAnswer,
    TenantsAnswer,
    tenant_answer,
)
from chalicelib.handlers.http import answer, body, caller, if_match, query, tenant
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)

INTEGRATION_STATE = f"^({'|'.join(INTEGRATIONS)})(:({'|'.join(STATES)}))?$"
Sort = Literal["slug", "-slug", "name", "-name", "createdAt", "-createdAt"]


class TenantsQuery(ListQuery):
    """`integration` is `ocis` for everything but ok there, or `ocis:retrying` for exactly that."""

    sort: Sort = "slug"
    status: Status | None = None
    plan: Plan | None = None
    partner: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    integration: Annotated[str, Field(pattern=INTEGRATION_STATE)] | None = None

    def narrowed(self, actor: Actor) -> TenantFilter:
        """The filter asked for; who is no operator sees their own tenants, and live ones only."""
        integration, _, state = (self.integration or "").partition(":")
        fields: dict[str, Any] = {"integration": integration or None, "state": state or None}
        own = None if actor.is_operator else tuple(m.tenant_id for m in actor.user.memberships if m.active)
        return TenantFilter(
            ids=own, status=self.status, plan=self.plan, partner_id=self.partner, search=self.q, **fields
        )


@routes.route("/tenants", methods=["GET"])
@operation(
    SIGNED_IN, "Tenants: all for operators, their own for others", query=TenantsQuery, gives=TenantsAnswer
)
def list_tenants() -> Response:
    asked = query(routes, TenantsQuery)
    page, counts = wiring.services().tenants.list(asked.narrowed(caller(routes)), page_request(routes, asked))
    return answer(
        TenantsAnswer(
            items=tuple(map(tenant_answer, page.items)),
            next_cursor=next_cursor(routes, asked, page),
            counts=StatusCounts(**counts),
        )
    )


@routes.route("/tenants", methods=["POST"])
@operation(
    SIGNED_IN,
    "Create a tenant; a customer becomes its owner",
    takes=CreateTenant,
    gives=TenantAnswer,
    status=201,
    versioned=True,
    refuses=(OperatorScopeRequired, AlreadyExists, DomainTaken),
)
def create_tenant() -> Response:
    made = wiring.services().tenants.create(caller(routes), body(routes, CreateTenant))
    return _one(made, status=201, Location=f"/tenants/{made.slug}")


@routes.route("/tenants/{slug}", methods=["GET"])
@operation(
    MEMBER_READS, "One tenant and where it stands in each integration", gives=TenantAnswer, versioned=True
)
def get_tenant(slug: str) -> Response:
    return _one(tenant(routes))


@routes.route("/tenants/{slug}", methods=["PATCH"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Change a tenant: null unsets a field, an absent one stays",
    takes=ChangeTenant,
    gives=TenantAnswer,
    versioned=True,
    refuses=(OperatorScopeRequired, PreconditionFailed, DomainTaken, ImpossibleMove, ConcurrentChange),
)
def change_tenant(slug: str) -> Response:
    wish = body(routes, ChangeTenant)
    return _one(wiring.services().tenants.change(caller(routes), tenant(routes), wish, if_match(routes)))


@routes.route("/tenants/{slug}", methods=["DELETE"])
@operation(
    OPERATOR_ON_TENANT,
    "Terminate a tenant; it can be restored for the retention period",
    gives=TenantAnswer,
    versioned=True,
    refuses=(ImpossibleMove, ConcurrentChange),
)
def terminate_tenant(slug: str) -> Response:
    return _one(wiring.services().tenants.terminate(caller(routes), tenant(routes)))


@routes.route("/tenants/{slug}/suspend", methods=["POST"])
@operation(
    OPERATOR_ON_TENANT,
    "Suspend a tenant, with a reason",
    takes=SuspendTenant,
    gives=TenantAnswer,
    versioned=True,
    refuses=(ImpossibleMove, ConcurrentChange),
)
def suspend_tenant(slug: str) -> Response:
    reason = body(routes, SuspendTenant).reason
    return _one(wiring.services().tenants.suspend(caller(routes), tenant(routes), reason))


@routes.route("/tenants/{slug}/resume", methods=["POST"])
@operation(
    OPERATOR_ON_TENANT,
    "Resume a suspended tenant",
    gives=TenantAnswer,
    versioned=True,
    refuses=(ImpossibleMove, ConcurrentChange),
)
def resume_tenant(slug: str) -> Response:
    return _one(wiring.services().tenants.resume(caller(routes), tenant(routes)))


@routes.route("/tenants/{slug}/restore", methods=["POST"])
@operation(
    OPERATOR_ON_TENANT,
    "Restore a terminated tenant within the retention period",
    gives=TenantAnswer,
    versioned=True,
    refuses=(ImpossibleMove, DomainTaken, ConcurrentChange),
)
def restore_tenant(slug: str) -> Response:
    return _one(wiring.services().tenants.restore(caller(routes), tenant(routes)))


def _one(found: Tenant, *, status: int = 200, **headers: str) -> Response:
    return answer(tenant_answer(found), status=status, version=found.version, **headers)
