"""The routes of a tenant's integrations: where it stands in each, and what is left alone there."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import MEMBER_READS, OPERATOR_ON_TENANT
from chalicelib.domain.drift import PauseDrift
from chalicelib.domain.provisioning import INTEGRATIONS, Drift, IntegrationStatus, State
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import ConcurrentChange, ImpossibleMove, NotFound, PreconditionFailed
from chalicelib.handlers.answers import Answer, ErrorAnswer, Id, Instant, TenantAnswer, tenant_answer
from chalicelib.handlers.http import answer, body, caller, if_match, tenant
from chalicelib.handlers.operation import operation
from chalicelib.services.drift import Part

routes = Blueprint(__name__)


class DriftAnswer(Answer):
    """What was different though nobody had wished so, and since when it is no longer."""

    at: Instant
    found: tuple[str, ...]
    repaired_at: Instant | None


class DriftPauseAnswer(Answer):
    """Until then, or until the tenant is changed, what differs is told and not repaired."""

    reason: str
    until: Instant
    by: Annotated[Id | None, Field(description="For operators: which of them decided so")]


class IntegrationAnswer(Answer):
    """Where the tenant stands in one integration; it is there when both generations are the same."""

    state: State
    generation: int
    observed_generation: int
    attempts: Annotated[int, Field(description="Failures in a row")]
    last_attempt_at: Instant | None
    last_success_at: Instant | None
    next_attempt_at: Instant | None
    error: ErrorAnswer | None
    drift: Annotated[DriftAnswer | None, Field(description="The last one")]
    drift_pause: DriftPauseAnswer | None
    ids: Annotated[dict[str, str] | None, Field(description="For operators: the vendor's own ids")]


class IntegrationsAnswer(Answer):
    """All three integrations and nothing else, always."""

    authentik: IntegrationAnswer
    stalwart: IntegrationAnswer
    ocis: IntegrationAnswer


@routes.route("/tenants/{slug}/integrations", methods=["GET"])
@operation(
    MEMBER_READS,
    "Where the tenant stands in each integration, and when that is looked at next",
    gives=IntegrationsAnswer,
)
def get_integrations(slug: str) -> Response:
    at, for_operators = tenant(routes), caller(routes).is_operator
    statuses = {each: at.provisioning.of(each) for each in INTEGRATIONS}
    stands = {each: _status(at, of, for_operators=for_operators) for each, of in statuses.items()}
    return answer(IntegrationsAnswer(**stands))


@routes.route("/tenants/{slug}/integrations/{integration}/drift-pause", methods=["PUT"])
@operation(
    OPERATOR_ON_TENANT,
    "Leave alone what differs in an integration, for at most 90 days",
    takes=PauseDrift,
    gives=TenantAnswer,
    versioned=True,
    refuses=(NotFound, PreconditionFailed, ImpossibleMove, ConcurrentChange),
)
def pause_drift(slug: str, integration: str) -> Response:
    part, wish = _part(integration), body(routes, PauseDrift)
    return _one(wiring.services().drift.pause(caller(routes), part, wish, if_match(routes)))


@routes.route("/tenants/{slug}/integrations/{integration}/drift-pause", methods=["DELETE"])
@operation(
    OPERATOR_ON_TENANT,
    "Repair again what differs in an integration",
    gives=TenantAnswer,
    versioned=True,
    refuses=(NotFound, ImpossibleMove, ConcurrentChange),
)
def lift_drift_pause(slug: str, integration: str) -> Response:
    return _one(wiring.services().drift.lift(caller(routes), _part(integration)))


def _part(name: str) -> Part:
    """The integration of the path, of the tenant of the path. Raises NotFound."""
    for integration in INTEGRATIONS:
        if integration == name:
            return Part(tenant(routes), integration)
    raise NotFound("There is no such integration")


def _one(found: Tenant) -> Response:
    return answer(tenant_answer(found), version=found.version)


def _status(at: Tenant, status: IntegrationStatus, *, for_operators: bool) -> IntegrationAnswer:
    return IntegrationAnswer(
        **{name: getattr(status, name) for name in COPIED},
        generation=at.generation,
        error=status.error and ErrorAnswer(code=status.error.code, message=status.error.message),
        drift=status.drift and _drift(status.drift),
        drift_pause=_pause(at, status, for_operators=for_operators),
        ids=status.ids if for_operators else None,
    )


def _drift(drift: Drift) -> DriftAnswer:
    return DriftAnswer(at=drift.at, found=drift.found, repaired_at=drift.repaired_at)


def _pause(at: Tenant, status: IntegrationStatus, *, for_operators: bool) -> DriftPauseAnswer | None:
    """None for one that is over."""
    pause = status.drift_paused
    if pause is None or not pause.holds(at.generation, wiring.now()):
        return None
    return DriftPauseAnswer(reason=pause.reason, until=pause.until, by=pause.by if for_operators else None)


DERIVED = {"generation", "error", "drift", "drift_pause", "ids"}
COPIED = tuple(name for name in IntegrationAnswer.model_fields if name not in DERIVED)
