"""Planner: looks at all integrations of a tenant, says what a reconcile would do, and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.domain.plan import IntegrationPlan, Plan, part_digest, problem_digest
from chalicelib.domain.ports import Roster
from chalicelib.domain.provisioning import Integration, IntegrationError
from chalicelib.domain.steps import Connector, Step
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import Wanted, wanted
from chalicelib.errors import IntegrationFailure


class Planner:
    def __init__(self, connectors: Mapping[Integration, Connector[Any]], people: Roster) -> None:
        self._connectors = connectors
        self._people = people

    def plan(self, tenant: Tenant) -> Plan:
        """The integrations are asked side by side; one that cannot be asked is named with its problem.

        What the guard against mass removals would hold back is told, too: a person may approve it.
        """
        goal = wanted(tenant, self._people.people_of(tenant.id))
        with ThreadPoolExecutor(len(self._connectors)) as pool:
            parts = pool.map(lambda connector: _part(connector, goal), self._connectors.values())
            return Plan(generation=tenant.generation, parts=tuple(parts))


def _part(connector: Connector[Any], goal: Wanted) -> IntegrationPlan:
    try:
        observed = connector.observe(goal)
        steps = connector.diff(goal.with_(may_remove_many=True), observed)
    except IntegrationFailure as failure:
        problem = IntegrationError(code=failure.code, message=failure.message)
        return IntegrationPlan(
            integration=connector.integration, digest=problem_digest(problem), problem=problem
        )
    return IntegrationPlan(
        integration=connector.integration,
        steps=steps,
        digest=part_digest(goal, observed, steps),
        needs_approval=_alone(connector, goal, observed) != steps,
    )


def _alone(connector: Connector[Any], goal: Wanted, observed: object) -> tuple[Step, ...]:
    """What a worker would do without anybody's approval."""
    try:
        return connector.diff(goal, observed)
    except IntegrationFailure:
        return ()
