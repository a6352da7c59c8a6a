"""Journal: what a look did or tried, kept for people. It never stands in the way of the look itself."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from chalicelib.domain import trail
from chalicelib.domain.ports import Clock, NewId, RunStore
from chalicelib.domain.provisioning import MOST_FOUND
from chalicelib.domain.run import KEPT, MOST_STEPS, Run, RunStep
from chalicelib.domain.steps import Step
from chalicelib.errors import AlreadyExists
from chalicelib.reconcile.endings import LEFT, PAUSED
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.turns import Turn

log = logging.getLogger(__name__)

LOCAL_PART = re.compile(r"[^\s@,;(\"']+@")
REASON = re.compile(r"[a-z][a-z0-9.-]{0,63}")


class Asked(TypedDict, total=False):
    """What the message says that asked for a look.

    run_id, reason   for the record; nothing else depends on them
    approved         digest of the only plan that may be applied. It can only make a run do less: what an
                     operator lets it do more stands in the database
    """

    run_id: str
    reason: str
    approved: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    runs: RunStore
    clock: Clock
    new_id: NewId

    def note(self, turn: Turn, outcome: Outcome, asked: Asked) -> None:
        """Add a run, unless there is nothing to tell. Trouble is logged and goes no further."""
        if not _is_worth_it(turn, outcome):
            return
        try:
            self._add(self._run(turn, outcome, asked))
        except Exception:  # the run has happened, whether or not it can be told
            log.exception("run not recorded", extra={"tenant_id": turn.tenant.id})

    def _add(self, run: Run) -> None:
        try:
            self.runs.add(run)
        except AlreadyExists:  # an earlier run answered the same hint, and there was more to do
            self.runs.add(run.with_(id=self.new_id()))

    def _run(self, turn: Turn, outcome: Outcome, asked: Asked) -> Run:
        run_id, reason = asked.get("run_id") or self.new_id(), asked.get("reason", "")
        tenant = turn.tenant
        return Run(
            id=run_id,
            run_id=run_id,
            tenant_id=tenant.id,
            integration=turn.integration,
            generation=tenant.generation,
            reason=reason if REASON.fullmatch(reason) else "",  # people see it, and anyone may have sent it
            started_at=turn.began,
            duration_ms=(self.clock() - turn.began) // timedelta(milliseconds=1),
            outcome=outcome.kind,
            code=outcome.code,
            message=outcome.message,
            steps=tuple(_step(each, is_kept=tenant.purging) for each in outcome.steps[:MOST_STEPS]),
            step_count=len(outcome.steps),
            drift=bool(outcome.drift),
            found=_found(outcome),
            requests=trail.noted(),
            expires_at=None if tenant.purging else turn.began + KEPT,
        )


def _is_worth_it(turn: Turn, outcome: Outcome) -> bool:
    """A look that found everything as it was is no news, nor is one that was not allowed to call."""
    if outcome.code == PAUSED:
        return False
    if outcome.code == LEFT.code and turn.status.drift:
        return _found(outcome) != turn.status.drift.found or turn.status.drift.repaired_at is not None
    return outcome.kind != "done" or bool(outcome.steps or outcome.drift) or not _was_in_order(turn)


def _was_in_order(turn: Turn) -> bool:
    return turn.status.state == "ok" and turn.status.observed_generation == turn.tenant.generation


def _found(outcome: Outcome) -> tuple[str, ...]:
    return tuple(step.sentence for step in outcome.drift[:MOST_FOUND])


def _step(step: Step, *, is_kept: bool) -> RunStep:
    """What is kept for ever as the proof of a purge names nobody whose data was deleted."""
    sentence = LOCAL_PART.sub("…@", step.sentence) if is_kept else step.sentence
    return RunStep(sentence=sentence, risk=step.risk)
