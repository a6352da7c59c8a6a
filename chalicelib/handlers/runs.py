"""The routes of what was done for a tenant in its integrations."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import MEMBER_READS, OPERATOR_ON_TENANT
from chalicelib.domain.emptied import Emptied
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.run import Run, RunFilter, RunOutcome
from chalicelib.domain.steps import Risk
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import NotPurged
from chalicelib.handlers.answers import Answer, Id, Instant
from chalicelib.handlers.http import answer, caller, query, tenant
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)
DERIVED = {"steps", "requests"}


class AttemptsQuery(ListQuery):
    """`q` is a run's id, as the request to reconcile was answered with."""

    sort: Literal["-startedAt", "startedAt"] = "-startedAt"
    integration: Integration | None = None
    outcome: RunOutcome | None = None

    def narrowed(self, at: Tenant) -> RunFilter:
        return RunFilter(at.id, self.integration, self.outcome, run_id=self.q)


class StepAnswer(Answer):
    sentence: str
    risk: Risk


class VendorRequestAnswer(Answer):
    """`id` is the vendor's own, by which its log is searched."""

    id: str
    method: str
    status: int


class AttemptAnswer(Answer):
    """One look that did or tried something. `runId` is the same for all that one request led to."""

    id: Annotated[str, Field(description="Of this attempt; the first one's is the runId")]
    run_id: str
    integration: Integration
    generation: int
    reason: str
    started_at: Instant
    duration_ms: int
    outcome: RunOutcome
    code: Annotated[str, Field(description="Why, when it is not done; stable")]
    message: str
    steps: Annotated[tuple[StepAnswer, ...], Field(description="The first 50 of stepCount")]
    step_count: int
    drift: Annotated[bool, Field(description="Something was different though nobody had wished so")]
    found: Annotated[tuple[str, ...], Field(description="With drift: what was different")]
    requests: Annotated[
        tuple[VendorRequestAnswer, ...] | None,
        Field(description="For operators: what was written and what failed, the last 50 that have an id"),
    ]


class AttemptsAnswer(Answer):
    items: tuple[AttemptAnswer, ...]
    next_cursor: str | None


class PurgedFromAnswer(Answer):
    """One integration: what was deleted there, and when it was seen to be gone."""

    integration: Integration
    deleted: tuple[str, ...]
    seen_gone_at: Instant | None


class PurgedHereAnswer(Answer):
    """What the platform itself held: how many memberships ended, how many tickets were deleted.

    `doneAt` is null while there may be more. The audit trail and the books stay.
    """

    memberships: int
    tickets: int
    done_at: Instant | None


class ReceiptAnswer(Answer):
    tenant_id: Id
    slug: str
    terminated_at: Instant | None
    purging_since: Instant | None
    purged_at: Instant | None
    integrations: tuple[PurgedFromAnswer, ...]
    platform: PurgedHereAnswer


@routes.route("/tenants/{slug}/runs", methods=["GET"])
@operation(
    MEMBER_READS,
    "What was done in the integrations and what came of it, latest first",
    query=AttemptsQuery,
    gives=AttemptsAnswer,
)
def list_runs(slug: str) -> Response:
    asked = query(routes, AttemptsQuery)
    page = wiring.services().runs.list(asked.narrowed(tenant(routes)), page_request(routes, asked))
    for_operators = caller(routes).is_operator
    attempts = tuple(attempt_answer(each, for_operators=for_operators) for each in page.items)
    return answer(AttemptsAnswer(items=attempts, next_cursor=next_cursor(routes, asked, page)))


def attempt_answer(run: Run, *, for_operators: bool) -> AttemptAnswer:
    steps = tuple(StepAnswer(sentence=each.sentence, risk=each.risk) for each in run.steps)
    requests = tuple(VendorRequestAnswer(**dict(each)) for each in run.requests) if for_operators else None
    own = {name: getattr(run, name) for name in AttemptAnswer.model_fields if name not in DERIVED}
    return AttemptAnswer(**own, steps=steps, requests=requests)


@routes.route("/tenants/{slug}/receipt", methods=["GET"])
@operation(
    OPERATOR_ON_TENANT,
    "The proof that everything of a tenant is deleted",
    gives=ReceiptAnswer,
    refuses=(NotPurged,),
)
def get_receipt(slug: str) -> Response:
    found = tenant(routes)
    receipt = wiring.services().runs.receipt(found)
    parts = (
        PurgedFromAnswer(
            integration=each, deleted=receipt.steps[each], seen_gone_at=receipt.seen_gone_at.get(each)
        )
        for each in INTEGRATIONS
    )
    return answer(
        ReceiptAnswer(
            tenant_id=found.id,
            slug=found.slug,
            terminated_at=found.terminated_at,
            purging_since=found.purging_since,
            purged_at=found.purged_at,
            integrations=tuple(parts),
            platform=PurgedHereAnswer(**dict(found.emptied or Emptied())),
        )
    )
