"""Endings: what a look writes down about an integration, and the outcome that it is told as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.ports import Clock
from chalicelib.domain.provisioning import IntegrationError, IntegrationStatus, State
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import CredentialsRefused, IntegrationFailure, NeedsPerson, TryLater, WaitsFor
from chalicelib.reconcile.backoff import Uniform, backoff, drift_period, jittered
from chalicelib.reconcile.gate import Paused
from chalicelib.reconcile.notebook import SETTLES
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.turns import Rewrite, Turn, Turns

BLOCKED_FOR = 3600.0  # seconds until something that needs a person is looked at again
REFUSED_FOR = 900.0  # the same for refused credentials: rare, as vendors ban who repeats them
WAITS_FOR = timedelta(minutes=1)  # until we look whether the other integration is done
PAUSED = "integration-paused-by-breaker"
DONE = Outcome("done")
UNSETTLED = TryLater("unsettled", "Something that was begun before may still appear", delay=30.0)
LEFT = Outcome("done", code="drift-left", message="Something differs; an operator has paused its repair")

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Endings:
    """Each raises NoTurn when another worker has taken over."""

    turns: Turns
    clock: Clock
    uniform: Uniform

    def converged(self, turn: Turn, ids: dict[str, str], drift: Steps, done: Steps) -> Outcome:
        """Write that the generation which the turn began with is there; a newer one is due at once.

        A purge is not over while something may still appear that was begun before.
        """
        now, before = self.clock(), turn.began - SETTLES
        made = {each.makes for each in done}
        if turn.tenant.purging and turn.status.settled(made, before).begun:
            return self.failed(turn, UNSETTLED, drift)

        def rewritten(_: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            seen = status.settled(made, before).with_(
                state="removed" if turn.tenant.purging else "ok",
                observed_generation=turn.tenant.generation,
                ids=ids,
                last_success_at=now,
            )
            return _with_drift(turn, seen, drift).without_drift(now)

        return self._settled(turn, rewritten, DONE, again=SETTLES if _is_hasty(turn) else None)

    def left(self, turn: Turn, ids: dict[str, str], drift: Steps) -> Outcome:
        """Write what differs, and that it was left so: an operator has paused the repair."""

        def rewritten(_: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            return _with_drift(turn, status, drift).with_(state="ok", ids=ids)

        return self._settled(turn, rewritten, LEFT)

    def cut_short(self, turn: Turn, drift: Steps) -> Outcome:
        """Write that there is more to do: what was in order is so no longer."""
        now = self.clock()

        def rewritten(_: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            state = "pending" if status.state == "ok" else status.state
            seen = _with_drift(turn, status, drift)
            return seen.with_(state=state, last_attempt_at=turn.began, next_attempt_at=now)

        self.turns.end(turn, rewritten)
        return Outcome("later", code="out-of-time", message="The rest is done in the next run")

    def moved(self, turn: Turn) -> Outcome:
        """Give the turn back: what was approved is no longer what would be done, so nothing was."""
        self.turns.end(turn, lambda _, status: status)
        return Outcome("skipped", code="plan-moved", message="The plan that was approved no longer fits")

    def paused(self, turn: Turn, pause: Paused) -> Outcome:
        """Write when to come back. Nothing was tried: no attempt is counted, no earlier error forgotten."""
        again = self.clock() + timedelta(seconds=pause.delay)
        error = IntegrationError(code=PAUSED, message=pause.message)

        def rewritten(_: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            return status.with_(
                state="blocked" if status.state == "blocked" else "retrying",
                error=status.error if status.error and status.error.code != PAUSED else error,
                next_attempt_at=again,
            )

        self.turns.end(turn, rewritten)
        return Outcome("later", delay=pause.delay, code=PAUSED, message=pause.message)

    def failed(self, turn: Turn, failure: IntegrationFailure, drift: Steps) -> Outcome:
        before = turn.tenant.provisioning.of(turn.integration).attempts
        attempts = before if isinstance(failure, WaitsFor) else before + 1  # to wait is not to fail
        state, code, delay = self._verdict(failure, attempts)
        now = self.clock()

        def rewritten(tenant: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            is_same_wish = tenant.generation == turn.tenant.generation
            return _with_drift(turn, status, drift).with_(
                state=state,
                attempts=attempts,
                error=IntegrationError(code=code, message=failure.message),
                last_attempt_at=turn.began,
                next_attempt_at=now + timedelta(seconds=delay) if is_same_wish else now,
            )

        self.turns.end(turn, rewritten)
        if state == "blocked":
            return Outcome("blocked", code=code, message=failure.message)
        return Outcome("later", delay=delay, code=code, message=failure.message)

    def _settled(
        self, turn: Turn, rewrite: Rewrite, outcome: Outcome, again: timedelta | None = None
    ) -> Outcome:
        """Write that the look was a good one, and when the next is due: at once for a newer wish."""
        generation, now = turn.tenant.generation, self.clock()
        due = now + (again or timedelta(seconds=drift_period(self.uniform)))

        def rewritten(tenant: Tenant, status: IntegrationStatus) -> IntegrationStatus:
            seen = rewrite(tenant, status).tidied(tenant.generation, now)
            return seen.with_(
                attempts=0,
                error=None,
                last_attempt_at=turn.began,
                next_attempt_at=_sooner(due, seen, now) if tenant.generation == generation else now,
            )

        if self.turns.end(turn, rewritten).generation == generation:
            return outcome
        return Outcome("later", code="generation-moved", message="The desired state has changed meanwhile")

    def _verdict(self, failure: IntegrationFailure, attempts: int) -> tuple[State, str, float]:
        if isinstance(failure, CredentialsRefused):
            return "blocked", "credentials-refused", REFUSED_FOR
        if isinstance(failure, NeedsPerson):
            return "blocked", failure.code, BLOCKED_FOR
        if isinstance(failure, WaitsFor):
            return "retrying", failure.code, jittered(WAITS_FOR, self.uniform).total_seconds()
        return "retrying", failure.code, backoff(attempts, self.uniform, failure.delay)


def _is_hasty(turn: Turn) -> bool:
    """Was a new wish seen fulfilled so soon after the last look that a copy which lags behind may show it?"""
    before, is_new = turn.status.last_attempt_at, turn.status.observed_generation < turn.tenant.generation
    return is_new and before is not None and turn.began - before < SETTLES


def _with_drift(turn: Turn, status: IntegrationStatus, drift: Steps) -> IntegrationStatus:
    return status.drifted(tuple(step.sentence for step in drift), turn.began) if drift else status


def _sooner(again: datetime, status: IntegrationStatus, now: datetime) -> datetime:
    """The end of a pause of the repair, and what may still appear, bring the next look forward."""
    pause = status.drift_paused
    ends = [pause.until] if pause and now < pause.until else []
    return min([again, *ends, *(each.at + SETTLES for each in status.begun)])
