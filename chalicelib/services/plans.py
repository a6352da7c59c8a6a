"""Plans: what a reconcile would do, and doing exactly that."""

from __future__ import annotations

from chalicelib.domain.actor import Actor
from chalicelib.domain.plan import Plan
from chalicelib.domain.ports import PlanMaker
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import OperatorScopeRequired, PlanMoved
from chalicelib.services.records import Records


class Plans:
    def __init__(self, maker: PlanMaker, records: Records) -> None:
        self._maker = maker
        self._records = records

    def of(self, tenant: Tenant) -> Plan:
        """What a reconcile would do now. Writes nothing."""
        return self._maker.plan(tenant)

    def apply(
        self, actor: Actor, tenant: Tenant, approved: str, integration: Integration | None
    ) -> dict[Integration, str]:
        """Do what the plan with the digest `approved` says; each worker compares once more before it acts.

        Returns  the run id of each integration
        Raises   PlanMoved with the fresh plan when anything differs, or cannot be seen now,
                 OperatorScopeRequired: who may not see a plan cannot approve one
        """
        if not actor.is_operator:
            raise OperatorScopeRequired
        plan = self._maker.plan(tenant)
        moved = plan.moved_since(approved) or plan.obscured
        if moved:
            raise PlanMoved(_told(plan), moved)
        wanted = (integration,) if integration else INTEGRATIONS
        return self._records.look_soon(
            tenant, "plan", wanted, {each.integration: each.digest for each in plan.parts}
        )


def _told(plan: Plan) -> dict[str, object]:
    """The fresh plan as a member of the refusal: its digest, and the sentences of each integration."""
    steps = {each.integration: [step.sentence for step in each.steps] for each in plan.parts}
    return {"digest": plan.digest, "steps": steps}
