"""The routes of partners; operators only."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR
from chalicelib.domain.commands import ChangePartner, CreatePartner
from chalicelib.domain.filters import PartnerFilter, TenantFilter
from chalicelib.domain.names import SLUG
from chalicelib.domain.partner import Fate, PartnerStatus
from chalicelib.domain.tenant import Status
from chalicelib.errors import (
    AlreadyExists,
    ConcurrentChange,
    ImpossibleMove,
    PartnerNotFound,
    PreconditionFailed,
)
from chalicelib.handlers.answers import (
    PartnerAnswer,
    PartnersAnswer,
    PartnerTenantsAnswer,
    partner_answer,
    tenant_answer,
)
from chalicelib.handlers.http import answer, body, caller, if_match, query
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation
from chalicelib.services.partners import PartnerRow

routes = Blueprint(__name__)

Sort = Literal["slug", "-slug", "name", "-name", "createdAt", "-createdAt"]


class PartnersQuery(ListQuery):
    """`id` finds the partner that a tenant names."""

    sort: Sort = "slug"
    status: PartnerStatus | None = None
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None


class FarewellQuery(BaseModel):
    """`keep` leaves the tenants with it, `direct` without a partner, `reassign` gives them to `to`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenants: Fate = "keep"
    to: Annotated[str, Field(pattern=SLUG, description="slug of another partner")] | None = None


class PartnerTenantsQuery(ListQuery):
    sort: Sort = "slug"
    status: Status | None = None


@routes.route("/partners", methods=["GET"])
@operation(
    OPERATOR, "Partners with their customers and what these pay", query=PartnersQuery, gives=PartnersAnswer
)
def list_partners() -> Response:
    asked = query(routes, PartnersQuery)
    narrowed = PartnerFilter(id=asked.id, status=asked.status, search=asked.q)
    page = wiring.services().partners.list(narrowed, page_request(routes, asked))
    items = tuple(map(partner_answer, page.items))
    return answer(PartnersAnswer(items=items, next_cursor=next_cursor(routes, asked, page)))


@routes.route("/partners", methods=["POST"])
@operation(
    OPERATOR,
    "Create a partner",
    takes=CreatePartner,
    gives=PartnerAnswer,
    status=201,
    versioned=True,
    refuses=(AlreadyExists,),
)
def create_partner() -> Response:
    made = wiring.services().partners.create(caller(routes), body(routes, CreatePartner))
    return _one(made, status=201, Location=f"/partners/{made.partner.slug}")


@routes.route("/partners/{slug}", methods=["GET"])
@operation(OPERATOR, "One partner", gives=PartnerAnswer, versioned=True, refuses=(PartnerNotFound,))
def get_partner(slug: str) -> Response:
    return _one(wiring.services().partners.get(slug))


@routes.route("/partners/{slug}", methods=["PATCH"])
@operation(
    OPERATOR,
    "Change a partner: null unsets a field, an absent one stays",
    takes=ChangePartner,
    gives=PartnerAnswer,
    versioned=True,
    refuses=(PartnerNotFound, PreconditionFailed, ImpossibleMove, ConcurrentChange),
)
def change_partner(slug: str) -> Response:
    wish = body(routes, ChangePartner)
    return _one(wiring.services().partners.change(caller(routes), slug, wish, if_match(routes)))


@routes.route("/partners/{slug}", methods=["DELETE"])
@operation(
    OPERATOR,
    "Terminate a partner and decide what becomes of its tenants; it is kept, with its history",
    query=FarewellQuery,
    gives=PartnerAnswer,
    versioned=True,
    refuses=(PartnerNotFound, ImpossibleMove, ConcurrentChange),
)
def terminate_partner(slug: str) -> Response:
    asked = query(routes, FarewellQuery)
    return _one(wiring.services().partners.terminate(caller(routes), slug, asked.tenants, asked.to))


@routes.route("/partners/{slug}/tenants", methods=["GET"])
@operation(
    OPERATOR,
    "The partner's tenants",
    query=PartnerTenantsQuery,
    gives=PartnerTenantsAnswer,
    refuses=(PartnerNotFound,),
)
def list_partner_tenants(slug: str) -> Response:
    asked = query(routes, PartnerTenantsQuery)
    partner_id = wiring.services().partners.id_of(slug)
    narrowed = TenantFilter(partner_id=partner_id, status=asked.status, search=asked.q)
    page = wiring.services().tenants.page(narrowed, page_request(routes, asked))
    items = tuple(map(tenant_answer, page.items))
    return answer(PartnerTenantsAnswer(items=items, next_cursor=next_cursor(routes, asked, page)))


def _one(row: PartnerRow, *, status: int = 200, **headers: str) -> Response:
    return answer(partner_answer(row), status=status, version=row.partner.version, **headers)
