"""The routes of the operators' inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR
from chalicelib.domain.attention import Action, AttentionItem, Cause
from chalicelib.domain.commands import Command
from chalicelib.domain.drift import PauseDrift
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.errors import NotFound, Unavailable
from chalicelib.handlers.answers import Answer, Id, Instant
from chalicelib.handlers.http import answer, caller, query
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation
from chalicelib.services.attention import MOST_REDRIVEN, AttentionFilter

routes = Blueprint(__name__)


# How each action is asked for. What is in braces comes from the item.
CALLS: Mapping[Action, tuple[str, str, type[Command] | None]] = {
    "reconcile": ("POST", "/tenants/{slug}/reconcile?integration={integration}", None),
    "plan": ("GET", "/tenants/{slug}/plan", None),
    "pause": ("PUT", "/tenants/{slug}/integrations/{integration}/drift-pause", PauseDrift),
    "resume": ("DELETE", "/tenants/{slug}/integrations/{integration}/drift-pause", None),
    "redrive": ("POST", "/attention/dead-letters/{integration}/redrive", None),
}


class AttentionQuery(ListQuery):
    """`limit` counts tenants: one that has trouble in all three integrations has three items."""

    sort: Literal["slug", "-slug"] = "slug"
    integration: Integration | None = None
    cause: Cause | None = None

    @property
    def narrowed(self) -> AttentionFilter:
        return AttentionFilter(self.q, self.integration, self.cause)


class ActionAnswer(Answer):
    """Something that the caller may do: `method` and `path` are the whole request but for a body."""

    action: Action
    method: str
    path: str
    takes: Annotated[str | None, Field(description="The schema in this document that the body has to fit")]


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
    actions: Annotated[
        tuple[ActionAnswer, ...], Field(description="What an operator can do about it, the best first")
    ]


class AttentionAnswer(Answer):
    """`counts` are of all items by cause, for the same `q` and `integration`, whatever `cause` is asked."""

    items: tuple[AttentionItemAnswer, ...]
    counts: dict[Cause, int]
    next_cursor: str | None


class RedriveAnswer(Answer):
    """At most 500 messages in one request; with `more` there may be others."""

    integration: Integration
    messages: int
    more: bool


@routes.route("/attention", methods=["GET"])
@operation(
    OPERATOR,
    "Every tenant that is not as it should be, and integrations that are away",
    query=AttentionQuery,
    gives=AttentionAnswer,
)
def list_attention() -> Response:
    asked = query(routes, AttentionQuery)
    page, counts = wiring.services().attention.list(asked.narrowed, page_request(routes, asked))
    items = tuple(map(_item, page.items))
    return answer(AttentionAnswer(items=items, counts=counts, next_cursor=next_cursor(routes, asked, page)))


@routes.route("/attention/dead-letters/{integration}/redrive", methods=["POST"])
@operation(
    OPERATOR,
    "Put the messages to an integration that were given up back on their queue",
    gives=RedriveAnswer,
    status=202,
    refuses=(NotFound, Unavailable),
)
def redrive_dead_letters(integration: str) -> Response:
    of = _integration(integration)
    moved = wiring.services().attention.redrive(caller(routes), of)
    return answer(RedriveAnswer(integration=of, messages=moved, more=moved >= MOST_REDRIVEN), status=202)


def _integration(name: str) -> Integration:
    """Raises NotFound."""
    for each in INTEGRATIONS:
        if each == name:
            return each
    raise NotFound("There is no such integration")


def _item(item: AttentionItem) -> AttentionItemAnswer:
    derived = {"tenant", "actions"}
    own = {name: getattr(item, name) for name in AttentionItemAnswer.model_fields if name not in derived}
    return AttentionItemAnswer(
        **own, tenant=_tenant(item), actions=tuple(_action(item, each) for each in item.actions)
    )


def _action(item: AttentionItem, action: Action) -> ActionAnswer:
    method, path, takes = CALLS[action]
    return ActionAnswer(
        action=action,
        method=method,
        path=path.format(slug=item.tenant_slug, integration=item.integration),
        takes=takes.__name__ if takes else None,
    )


def _tenant(item: AttentionItem) -> TroubledTenantAnswer | None:
    if item.tenant_id is None or item.tenant_slug is None or item.tenant_name is None:
        return None
    return TroubledTenantAnswer(id=item.tenant_id, slug=item.tenant_slug, name=item.tenant_name)
