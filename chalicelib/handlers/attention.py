"""The route of the operators' inbox."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR
from chalicelib.domain.attention import Action, AttentionItem, Cause
from chalicelib.domain.provisioning import Integration
from chalicelib.handlers.answers import Answer, Id, Instant
from chalicelib.handlers.http import answer, query
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)


class AttentionQuery(ListQuery):
    """`limit` counts tenants: one that has trouble in all three integrations has three items."""

    sort: Literal["slug", "-slug"] = "slug"
    integration: Integration | None = None


class TroubledTenantAnswer(Answer):
    id: Id
    slug: str
    name: str


class AttentionItemAnswer(Answer):
    """One cause: of a tenant in an integration or, without a tenant, of the integration as a whole."""

    id: str
    cause: Cause
    what: Annotated[str, Field(description="The cause in plain words")]
    since: Instant | None
    integration: Integration
    tenant: TroubledTenantAnswer | None
    evidence: dict[str, str | int | None]
    actions: Annotated[tuple[Action, ...], Field(description="What an operator can do about it")]


class AttentionAnswer(Answer):
    items: tuple[AttentionItemAnswer, ...]
    next_cursor: str | None


@routes.route("/attention", methods=["GET"])
@operation(
    OPERATOR,
    "Every tenant that is not as it should be, and integrations that are away",
    query=AttentionQuery,
    gives=AttentionAnswer,
)
def list_attention() -> Response:
    asked = query(routes, AttentionQuery)
    page = wiring.services().attention.list(asked.q, asked.integration, page_request(routes, asked))
    items = tuple(map(_item, page.items))
    return answer(AttentionAnswer(items=items, next_cursor=next_cursor(routes, asked, page)))


def _item(item: AttentionItem) -> AttentionItemAnswer:
    own = {name: getattr(item, name) for name in AttentionItemAnswer.model_fields if name != "tenant"}
    return AttentionItemAnswer(**own, tenant=_tenant(item))


def _tenant(item: AttentionItem) -> TroubledTenantAnswer | None:
    if item.tenant_id is None or item.tenant_slug is None or item.tenant_name is None:
        return None
    return TroubledTenantAnswer(id=item.tenant_id, slug=item.tenant_slug, name=item.tenant_name)
