"""Reconciler: one integration of one tenant is looked at and brought to its desired state."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.ports import Clock, NewId, Roster, TenantStore
from chalicelib.domain.provisioning import Integration, IntegrationError, IntegrationStatus, State
from chalicelib.domain.steps import Connector
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import wanted
from chalicelib.errors import CredentialsRefused, IntegrationFailure, NeedsPerson, WaitsFor
from chalicelib.reconcile.backoff import Uniform, backoff, drift_period
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.turns import NoTurn, Turn, Turns
from chalicelib.reconcile.walk import OutOfTime, Walk

log = logging.getLogger(__name__)

BLOCKED_FOR = 3600.0  # seconds until something that needs a person is looked at again
REFUSED_FOR = 900.0  # the same for refused credentials: rare, as vendors ban who repeats them


@dataclass(frozen=True, slots=True)
class Reconciler:
    tenants: TenantStore
    people: Roster
    connectors: Mapping[Integration, Connector[Any]]
    clock: Clock
    new_id: NewId
    uniform: Uniform

    def reconcile(
        self,
        integration: Integration,
        tenant_id: str,
        deadline: datetime | None = None,
        hinted_at: datetime | None = None,
    ) -> Outcome:
        """Look, act if need be, and write down what is true now. Safe to repeat and to run twice at once.

        deadline   no call to the vendor begins after it; what is left is left for "later"
        hinted_at  when this look was asked for; a good look that began after it has answered it
        """
        try:
            turn = self._turns.take(integration, tenant_id, hinted_at)
            outcome = self._run(turn, deadline)
        except NoTurn as stop:
            outcome = stop.outcome
        _note(integration, tenant_id, outcome)
        return outcome

    @property
    def _turns(self) -> Turns:
        return Turns(self.tenants, self.clock, self.new_id)

    def _run(self, turn: Turn, deadline: datetime | None) -> Outcome:
        until = min(deadline or turn.last_call, turn.last_call)
        # Read after the tenant: a change of members that comes in between raises the generation as well.
        goal = wanted(turn.tenant, self.people.people_of(turn.tenant.id))
        walk = Walk(self.connectors[turn.integration], goal, lambda: self.clock() < until)
        try:
            _check_order(turn)
            ids = walk.go()
        except OutOfTime:
            return self._cut_short(turn).after(walk.applied)
        except IntegrationFailure as failure:
            return self._failed(turn, failure).after(walk.applied)
        except Exception:
            # Not foreseen: the lease stays and ends by itself, as after a crash.
            log.exception("reconcile broke", extra=_names(turn.integration, turn.tenant.id))
            raise
        return self._converged(turn, ids).after(walk.applied)

    def _converged(self, turn: Turn, ids: dict[str, str]) -> Outcome:
        """Write that the generation which the turn began with is there; a newer one is due at once."""
        generation, now = turn.tenant.generation, self.clock()
        again = now + timedelta(seconds=drift_period(self.uniform))

        def rewritten(tenant: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            return status.with_(
                state="removed" if turn.tenant.purging else "ok",
                observed_generation=generation,
                attempts=0,
                error=None,
                ids=ids,
                last_attempt_at=turn.began,
                last_success_at=now,
                next_attempt_at=again if tenant.generation == generation else now,
            )

        if self._turns.end(turn, rewritten).generation != generation:
            return Outcome(
                "later", code="generation-moved", message="The desired state has changed meanwhile"
            )
        return Outcome("done")

    def _cut_short(self, turn: Turn) -> Outcome:
        """Write that there is more to do: what was in order is so no longer."""
        now = self.clock()

        def rewritten(_: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            state = "pending" if status.state == "ok" else status.state
            return status.with_(state=state, last_attempt_at=turn.began, next_attempt_at=now)

        self._turns.end(turn, rewritten)
        return Outcome("later", code="out-of-time", message="The rest is done in the next run")

    def _failed(self, turn: Turn, failure: IntegrationFailure) -> Outcome:
        attempts = turn.tenant.provisioning.of(turn.integration).attempts + 1
        state, code, delay = self._verdict(failure, attempts)
        now = self.clock()

        def rewritten(tenant: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            is_same_wish = tenant.generation == turn.tenant.generation
            return status.with_(
                state=state,
                attempts=attempts,
                error=IntegrationError(code=code, message=failure.message),
                last_attempt_at=turn.began,
                next_attempt_at=now + timedelta(seconds=delay) if is_same_wish else now,
            )

        self._turns.end(turn, rewritten)
        if state == "blocked":
            return Outcome("blocked", code=code, message=failure.message)
        return Outcome("later", delay=delay, code=code, message=failure.message)

    def _verdict(self, failure: IntegrationFailure, attempts: int) -> tuple[State, str, float]:
        if isinstance(failure, CredentialsRefused):
            return "blocked", "credentials-refused", REFUSED_FOR
        if isinstance(failure, NeedsPerson):
            return "blocked", failure.code, BLOCKED_FOR
        return "retrying", failure.code, backoff(attempts, self.uniform, failure.delay)


def _check_order(turn: Turn) -> None:
    if others := turn.tenant.waits_for(turn.integration):
        names = " and ".join(others)
        raise WaitsFor(f"waits-for-{'-'.join(others)}", f"Goes last: {names} has to be done before")


def _note(integration: Integration, tenant_id: str, outcome: Outcome) -> None:
    level = logging.ERROR if outcome.kind == "blocked" else logging.INFO
    facts = {"outcome": outcome.kind, "code": outcome.code, "steps": [step.action for step in outcome.steps]}
    log.log(level, "reconcile ended", extra={**_names(integration, tenant_id), **facts})


def _names(integration: Integration, tenant_id: str) -> dict[str, str]:
    return {"integration": integration, "tenant_id": tenant_id}
