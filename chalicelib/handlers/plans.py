"""The routes of what a reconcile would do, and of asking for one."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chalicelib import wiring
from chalicelib.auth.guards import ADMIN_OR_OPERATOR_WRITES, OPERATOR_ON_TENANT
from chalicelib.domain.plan import IntegrationPlan, Plan
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Risk
from chalicelib.errors import ConcurrentChange, OperatorScopeRequired, PlanMoved
from chalicelib.handlers.answers import Answer, ErrorAnswer, RunAnswer, RunsAnswer
from chalicelib.handlers.http import answer, caller, query, tenant
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)


class ReconcileQuery(BaseModel):
    """No integration named means all three. With `planDigest`, operators apply exactly that plan."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    integration: Integration | None = None
    plan_digest: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class PlanStepAnswer(Answer):
    sentence: str
    risk: Risk


class IntegrationPlanAnswer(Answer):
    """With a `problem`, nothing can be said about this integration now."""

    integration: Integration
    steps: tuple[PlanStepAnswer, ...]
    needs_approval: Annotated[
        bool, Field(description="So much is removed that it is only done by approving this plan")
    ]
    problem: ErrorAnswer | None


class PlanAnswer(Answer):
    """`digest` stands for what is wanted, what is there and what would be done about it."""

    digest: str
    generation: int
    integrations: tuple[IntegrationPlanAnswer, ...]


@routes.route("/tenants/{slug}/plan", methods=["GET"])
@operation(OPERATOR_ON_TENANT, "What a reconcile would do now; writes nothing", gives=PlanAnswer)
def get_plan(slug: str) -> Response:
    return answer(plan_answer(wiring.plans().of(tenant(routes))))


@routes.route("/tenants/{slug}/reconcile", methods=["POST"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Ask for a look at the integrations now, or for exactly what a plan says",
    query=ReconcileQuery,
    gives=RunsAnswer,
    status=202,
    refuses=(OperatorScopeRequired, PlanMoved, ConcurrentChange),
)
def reconcile_tenant(slug: str) -> Response:
    asked = query(routes, ReconcileQuery)
    runs = _started(asked)
    started = tuple(RunAnswer(id=run_id, integration=each) for each, run_id in runs.items())
    return answer(RunsAnswer(runs=started), status=202)


def plan_answer(plan: Plan) -> PlanAnswer:
    integrations = tuple(map(_part, plan.parts))
    return PlanAnswer(digest=plan.digest, generation=plan.generation, integrations=integrations)


def _started(asked: ReconcileQuery) -> dict[Integration, str]:
    if asked.plan_digest is None:
        return wiring.services().tenants.reconcile(tenant(routes), asked.integration)
    return wiring.plans().apply(caller(routes), tenant(routes), asked.plan_digest, asked.integration)


def _part(part: IntegrationPlan) -> IntegrationPlanAnswer:
    problem = ErrorAnswer(code=part.problem.code, message=part.problem.message) if part.problem else None
    steps = tuple(PlanStepAnswer(sentence=each.sentence, risk=each.risk) for each in part.steps)
    return IntegrationPlanAnswer(
        integration=part.integration, steps=steps, needs_approval=part.needs_approval, problem=problem
    )
