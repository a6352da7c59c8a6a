"""The routes of the audit trail."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR, OWNER_READS
from chalicelib.domain.audit import AuditEvent, AuditFilter, Outcome
from chalicelib.domain.chain import Head
from chalicelib.domain.names import SLUG
from chalicelib.domain.page import Page
from chalicelib.domain.seal import WholeHead
from chalicelib.errors import BadCursor, TenantNotFound, Unprocessable
from chalicelib.handlers.audit_answers import (
    AuditAnswer,
    VerificationAnswer,
    event_answer,
    verification_answer,
)
from chalicelib.handlers.http import answer, caller, given_query, query, tenant
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation
from chalicelib.services.verification import Verification

routes = Blueprint(__name__)

LINES = "application/x-ndjson"
TenantSlug = Annotated[str, Field(pattern=SLUG, description="A tenant's slug")]
Text = Annotated[str, Field(min_length=1, max_length=320)]


class TenantAuditQuery(ListQuery):
    """`q` is a request id; since <= at < until. For JSON lines a `Link` leads to the next page."""

    sort: Literal["-at", "at"] = "-at"
    actor: Annotated[Text, Field(description="A user id, or a name")] | None = None
    action: Annotated[str, Field(pattern=r"^[a-z_.-]{1,80}$")] | None = None
    target: Annotated[Text, Field(description="An id, or a name: a slug, an address, a reference")] | None = (
        None
    )
    outcome: Outcome | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    format: Annotated[Literal["json", "ndjson"], Field(description="Goes before Accept")] | None = None

    def narrowed(self, tenant_id: str | None) -> AuditFilter:
        return AuditFilter(
            tenant_id, self.actor, self.action, self.target, self.outcome, self.q, self.since, self.until
        )


class AuditQuery(TenantAuditQuery):
    tenant: TenantSlug | None = None


class VerifyQuery(BaseModel):
    """Without `tenant` the whole: all seals, and all events that they name."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)

    tenant: TenantSlug | None = None
    limit: (
        Annotated[int, Field(ge=1, le=1_000_000, description="Seals, or events, to walk at most")] | None
    ) = None
    cursor: Annotated[str, Field(max_length=500, description="Where the last verification ended")] | None = (
        None
    )


@routes.route("/audit", methods=["GET"])
@operation(
    OPERATOR,
    "Who changed what, or tried to, latest first",
    query=AuditQuery,
    gives=AuditAnswer,
    also=(LINES,),
)
def list_audit() -> Response:
    asked = query(routes, AuditQuery)
    return _page(asked, asked.narrowed(_tenant_id(asked.tenant) if asked.tenant else None))


@routes.route("/tenants/{slug}/audit", methods=["GET"])
@operation(
    OWNER_READS,
    "Who changed what of this tenant, or tried to, latest first",
    query=TenantAuditQuery,
    gives=AuditAnswer,
    also=(LINES,),
)
def list_tenant_audit(slug: str) -> Response:
    asked = query(routes, TenantAuditQuery)
    return _page(asked, asked.narrowed(tenant(routes).id))


@routes.route("/audit/verify", methods=["GET"])
@operation(
    OPERATOR,
    "Was anything changed behind our back? Names the first break",
    query=VerifyQuery,
    gives=VerificationAnswer,
    refuses=(BadCursor,),
)
def verify_audit() -> Response:
    asked, audit = query(routes, VerifyQuery), wiring.audit()
    seq, hashed, total = _reached(asked)
    if asked.tenant:
        chain = f"tenant:{_tenant_id(asked.tenant)}"
        found = audit.verify_chain(Head(id=chain, seq=seq, hash=hashed), asked.limit)
    else:
        found = audit.verify(WholeHead(seq=seq, hash=hashed, total=total), asked.limit)
    return answer(verification_answer(found, _cursor(asked, found)))


def _tenant_id(slug: str) -> str:
    try:
        return wiring.services().tenants.get(slug).id
    except TenantNotFound:
        wrong = [{"field": "tenant", "message": "there is no such tenant"}]
        raise Unprocessable("Some query parameters are wrong", wrong) from None


def _page(asked: TenantAuditQuery, narrowed: AuditFilter) -> Response:
    page = wiring.audit().list(narrowed, page_request(routes, asked))
    cursor = next_cursor(routes, asked, page)
    if _wants_lines(asked):
        return _lines(page, cursor)
    return answer(AuditAnswer(items=tuple(map(event_answer, page.items)), next_cursor=cursor))


def _wants_lines(asked: TenantAuditQuery) -> bool:
    if asked.format:
        return asked.format == "ndjson"
    return LINES in routes.current_request.headers.get("accept", "")


def _lines(page: Page[AuditEvent], cursor: str | None) -> Response:
    """One event a line. The address of the next page is a header, so that each line is an event."""
    lines = "".join(event_answer(each).model_dump_json(by_alias=True) + "\n" for each in page.items)
    following = urlencode(given_query(routes.current_request) | {"cursor": cursor or ""})
    link = {"Link": f'<?{following}>; rel="next"'} if cursor else {}
    return Response(lines, headers={"Content-Type": LINES, **link}, status_code=200)


def _cursor(asked: VerifyQuery, found: Verification) -> str | None:
    """Sealed, because who says where to begin could leave out what is wrong."""
    if found.complete:
        return None
    total = getattr(found.reached, "total", 0)
    return wiring.cursors().seal(f"{found.reached.seq} {found.reached.hash} {total}", _scope(asked))


def _reached(asked: VerifyQuery) -> tuple[int, str, int]:
    """Raises BadCursor."""
    if not asked.cursor:
        beginning = WholeHead()
        return beginning.seq, beginning.hash, beginning.total
    seq, hashed, total = wiring.cursors().open(asked.cursor, _scope(asked)).split(" ")
    return int(seq), hashed, int(total)


def _scope(asked: VerifyQuery) -> str:
    return repr(("audit-verify", asked.tenant, caller(routes).user.id))
