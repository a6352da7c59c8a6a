"""The route of the fleet's numbers."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR
from chalicelib.domain.attention import Cause
from chalicelib.domain.provisioning import Integration, State
from chalicelib.domain.tenant import Status
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.http import answer
from chalicelib.handlers.operation import operation
from chalicelib.services.stats import FleetStats

routes = Blueprint(__name__)

ByIntegration = dict[Integration, int]


class MonthOfTenantsAnswer(Answer):
    month: Annotated[str, Field(description="In UTC", examples=["2026-11"])]
    created: int
    terminated: Annotated[int, Field(description="Of those that were not restored since")]


class TenantStatsAnswer(Answer):
    total: int
    by_status: dict[Status, int]
    months: Annotated[tuple[MonthOfTenantsAnswer, ...], Field(description="The last twelve, oldest first")]


class DriftStatsAnswer(Answer):
    """Tenants that differ from what was wished and was there; `paused` are those that operators leave so."""

    open: ByIntegration
    paused: ByIntegration


class AttentionStatsAnswer(Answer):
    """As the counts of `GET /attention`."""

    total: int
    counts: dict[Cause, int]


class StatsAnswer(Answer):
    """`integrations`: how many tenants stand where in each."""

    tenants: TenantStatsAnswer
    integrations: dict[Integration, dict[State, int]]
    drift: DriftStatsAnswer
    attention: AttentionStatsAnswer


@routes.route("/stats", methods=["GET"])
@operation(OPERATOR, "The fleet in numbers: tenants, integrations, drift, attention", gives=StatsAnswer)
def get_stats() -> Response:
    return answer(stats_answer(wiring.services().stats.of_fleet()))


def stats_answer(stats: FleetStats) -> StatsAnswer:
    months = tuple(
        MonthOfTenantsAnswer(month=each.month, created=each.created, terminated=each.terminated)
        for each in stats.months
    )
    return StatsAnswer(
        tenants=TenantStatsAnswer(
            total=sum(stats.by_status.values()), by_status=stats.by_status, months=months
        ),
        integrations=stats.states,
        drift=DriftStatsAnswer(open=stats.drift, paused=stats.paused),
        attention=AttentionStatsAnswer(total=sum(stats.attention.values()), counts=stats.attention),
    )
