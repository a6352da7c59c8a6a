"""Plans: what a reconcile would do, and doing exactly that."""

from __future__ import annotations

from chalicelib.domain.actor import Actor
from chalicelib.domain.plan import Plan
from chalicelib.domain.ports import PlanMaker
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import OperatorScopeRequired, PlanMoved
from chalicelib.services.approvals import Approvals
from chalicelib.services.means import Means


class Plans:
    def __init__(self, maker: PlanMaker, means: Means) -> None:
        self._maker = maker
        self._records = means.records
        self._approvals = Approvals(means)

    def of(self, tenant: Tenant) -> Plan:
        """What a reconcile would do now. Writes nothing."""
        return self._maker.plan(tenant)

    def apply(
        self, actor: Actor, tenant: Tenant, approved: str, integration: Integration | None
    ) -> dict[Integration, str]:
        """Do what the plan with the digest `approved` says; each worker compares once more before it acts.

        What removes more than a worker may do alone is done because a person has seen exactly this.

        Returns  the run id of each integration
        Raises   PlanMoved with the fresh plan when anything differs, or cannot be seen now,
                 OperatorScopeRequired: who may not see a plan cannot approve one,
                 ConcurrentChange when somebody changed the tenant at this moment
        """
        if not actor.is_operator:
            raise OperatorScopeRequired
        plan = self._maker.plan(tenant)
        moved = plan.moved_since(approved) or plan.obscured
        if moved:
            raise PlanMoved(_told(plan), moved)
        wanted = (integration,) if integration else INTEGRATIONS
        parts = {each.integration: each for each in plan.parts if each.integration in wanted}
        self._approvals.grant(actor, tenant, [each for each in parts.values() if each.needs_approval])
        return self._records.look_soon(
            tenant, "plan", wanted, {each: part.digest for each, part in parts.items()}
        )


def _told(plan: Plan) -> dict[str, object]:
    """The fresh plan as a member of the refusal: its digest, and the sentences of each integration."""
    steps = {each.integration: [step.sentence for step in each.steps] for each in plan.parts}
    return {"digest": plan.digest, "steps": steps}
