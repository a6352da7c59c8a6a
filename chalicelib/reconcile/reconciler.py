"""Reconciler: one integration of one tenant is looked at and brought to its desired state."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack

from chalicelib.domain import trail
from chalicelib.domain.ports import Clock, NewId, Roster, RunStore, TenantStore
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Connector, Step
from chalicelib.domain.wanted import wanted
from chalicelib.errors import IntegrationFailure, WaitsFor
from chalicelib.reconcile.backoff import Uniform
from chalicelib.reconcile.endings import Endings
from chalicelib.reconcile.gate import Gate, Paused
from chalicelib.reconcile.journal import Asked, Journal
from chalicelib.reconcile.notebook import Notebook
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.turns import NoTurn, Turn, Turns
from chalicelib.reconcile.walk import OutOfTime, Walk

log = logging.getLogger(__name__)

BROKEN = Outcome("broken", code="unforeseen", message="Something unforeseen happened; it is tried again")


@dataclass(frozen=True, slots=True)
class Reconciler:
    """
    gate   what keeps all workers from a vendor that is away; without one every look goes through
    runs   where people read what was done; without it nobody does
    """

    tenants: TenantStore
    people: Roster
    connectors: Mapping[Integration, Connector[Any]]
    clock: Clock
    new_id: NewId
    uniform: Uniform
    gate: Gate | None = None
    runs: RunStore | None = None

    def reconcile(
        self,
        integration: Integration,
        tenant_id: str,
        deadline: datetime | None = None,
        hinted_at: datetime | None = None,
        **asked: Unpack[Asked],
    ) -> Outcome:
        """Look, act if need be, and write down what is true now. Safe to repeat and to run twice at once.

        deadline   no call to the vendor begins after it; what is left is left for "later"
        hinted_at  when this look was asked for; a good look that began after it has answered it
        asked      run_id and reason of the hint, for the record of runs; the plan that it approves
        """
        try:
            turn = self._turns.take(integration, tenant_id, hinted_at)
        except NoTurn as stop:
            outcome = stop.outcome
        else:
            with trail.followed():
                outcome = self._looked(turn, self._walk(turn, deadline, asked.get("approved")), asked)
        _note(integration, tenant_id, outcome)
        return outcome

    @property
    def _turns(self) -> Turns:
        return Turns(self.tenants, self.clock, self.new_id)

    @property
    def _endings(self) -> Endings:
        return Endings(self._turns, self.clock, self.uniform)

    def _walk(self, turn: Turn, deadline: datetime | None, approved: str | None) -> Walk:
        until = min(deadline or turn.last_call, turn.last_call)
        # Read after the tenant: a change of members that comes in between raises the generation as well.
        people = self.people.people_of(turn.tenant.id)
        goal = wanted(turn.tenant, people, may_remove_many=turn.status.is_approved(approved, turn.began))
        return Walk(
            self.connectors[turn.integration],
            goal,
            lambda: self.clock() < until,
            only_looks=not approved and turn.status.leaves_drift(turn.tenant.generation, turn.began),
            approved=approved,
            note=Notebook(self._turns, turn, self.clock),
        )

    def _looked(self, turn: Turn, walk: Walk, asked: Asked) -> Outcome:
        try:
            outcome = self._ended(turn, walk).after(walk.applied, _drift(turn, walk))
        except NoTurn as stop:
            outcome = stop.outcome.after(walk.applied, _drift(turn, walk))
        except Exception:
            # Not foreseen: the lease stays and ends by itself, as after a crash.
            log.exception("reconcile broke", extra=_names(turn.integration, turn.tenant.id))
            self._told(turn, BROKEN.after(walk.applied, _drift(turn, walk)), asked)
            raise
        self._told(turn, outcome, asked)
        return outcome

    def _ended(self, turn: Turn, walk: Walk) -> Outcome:
        try:
            ids = self._walked(turn, walk)
        except Paused as pause:
            return self._endings.paused(turn, pause)
        except OutOfTime:
            return self._endings.cut_short(turn, _drift(turn, walk))
        except IntegrationFailure as failure:
            return self._endings.failed(turn, failure, _drift(turn, walk))
        if walk.has_moved:
            return self._endings.moved(turn)
        if walk.found and walk.only_looks:
            return self._endings.left(turn, ids, walk.found)
        return self._endings.converged(turn, ids, _drift(turn, walk), walk.applied)

    def _told(self, turn: Turn, outcome: Outcome, asked: Asked) -> None:
        if self.runs:
            Journal(self.runs, self.clock, self.new_id).note(turn, outcome, asked)

    def _walked(self, turn: Turn, walk: Walk) -> dict[str, str]:
        _check_order(turn)
        with self.gate.passage(turn.integration) if self.gate else nullcontext():
            return walk.go()


def _check_order(turn: Turn) -> None:
    if others := turn.tenant.waits_for(turn.integration):
        names = " and ".join(others)
        raise WaitsFor(f"waits-for-{'-'.join(others)}", f"Goes last: {names} has to be done before")


def _drift(turn: Turn, walk: Walk) -> tuple[Step, ...]:
    """What differs though it was seen in order since it was wished; nothing of a wish that is new."""
    return walk.found if turn.status.observed_generation == turn.tenant.generation else ()


def _note(integration: Integration, tenant_id: str, outcome: Outcome) -> None:
    quiet = logging.WARNING if outcome.drift else logging.INFO
    level = logging.ERROR if outcome.kind == "blocked" else quiet
    facts = {"outcome": outcome.kind, "code": outcome.code, "steps": [step.action for step in outcome.steps]}
    if outcome.drift:
        facts["drift"] = [step.action for step in outcome.drift]
    log.log(level, "reconcile ended", extra={**_names(integration, tenant_id), **facts})


def _names(integration: Integration, tenant_id: str) -> dict[str, str]:
    return {"integration": integration, "tenant_id": tenant_id}
