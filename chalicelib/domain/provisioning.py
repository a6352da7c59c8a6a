"""Where a tenant stands in each integration."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal, get_args

from chalicelib.domain.model import Model

Integration = Literal["authentik", "stalwart", "ocis"]
INTEGRATIONS: tuple[Integration, ...] = get_args(Integration)  # always in this order

LAST_TO_PURGE: Integration = "authentik"  # so that a purge that fails half-way still has an owner's marker

State = Literal["pending", "ok", "retrying", "blocked", "paused", "removed"]
STATES: tuple[State, ...] = get_args(State)

MOST_FOUND = 10  # sentences of one drift


class IntegrationError(Model):
    """What went wrong last; `message` is safe to show to a tenant's admin."""

    code: str
    message: str


class Lease(Model):
    """One worker's right to write this integration's status until `until`; a later token fences it off."""

    token: str
    until: datetime


class Drift(Model):
    """What was different in an integration though nobody had wished so: changed by hand, or lost.

    found         in sentences, the first MOST_FOUND; what would be done about it
    repaired_at   None while it is still so
    """

    at: datetime
    found: tuple[str, ...]
    repaired_at: datetime | None = None


class DriftPause(Model):
    """Drift is told and not repaired: until then, and only while `generation` is the wish.

    by   id of the operator who decided so
    """

    reason: str
    until: datetime
    by: str
    generation: int

    def holds(self, generation: int, now: datetime) -> bool:
        return self.generation == generation and now < self.until


class Approval(Model):
    """A person has seen a plan that removes more than a worker may do alone, and wants exactly that.

    digest   of this integration's part of the plan
    by       id of the operator
    """

    digest: str
    by: str
    until: datetime


class Begun(Model):
    """Something that a worker set out to make: it may be there, or come, though no look has shown it yet.

    name   the connector's own words: "user ada@acme.test"
    at     when the call was about to be sent
    """

    name: str
    at: datetime


class IntegrationStatus(Model):
    """One integration of one tenant. Documents without these fields read as `pending`.

    observed_generation   the generation that was last fully applied and seen
    next_attempt_at       when the sweep looks again; None means now
    ids                   the vendor's own ids, for people; always rebuilt from markers and names
    begun                 what workers set out to make, until a later look has settled what became of it
    drift                 the last one
    approval              the last one of a plan that needs one
    """

    state: State = "pending"
    observed_generation: int = 0
    attempts: int = 0
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    next_attempt_at: datetime | None = None
    error: IntegrationError | None = None
    ids: dict[str, str] = {}
    begun: tuple[Begun, ...] = ()
    lease: Lease | None = None
    drift: Drift | None = None
    drift_paused: DriftPause | None = None
    approval: Approval | None = None

    def is_approved(self, digest: str | None, now: datetime) -> bool:
        """Has a person approved the plan with this digest a short time ago? No message alone can say so."""
        return self.approval is not None and self.approval.digest == digest and now < self.approval.until

    def tidied(self, generation: int, now: datetime) -> IntegrationStatus:
        """Without what no longer holds: a pause or an approval that is over, or of another wish."""
        pause, approval = self.drift_paused, self.approval
        return self.with_(
            drift_paused=pause if pause and pause.holds(generation, now) else None,
            approval=approval if approval and now < approval.until else None,
        )

    def leaves_drift(self, generation: int, now: datetime) -> bool:
        """Is what differs only to be told? What is wished and was never there is always applied."""
        is_paused = self.drift_paused is not None and self.drift_paused.holds(generation, now)
        return is_paused and self.observed_generation == generation

    def begins(self, names: Collection[str], at: datetime) -> IntegrationStatus:
        others = [each for each in self.begun if each.name not in names]
        return self.with_(begun=(*others, *(Begun(name=each, at=at) for each in dict.fromkeys(names))))

    def settled(self, made: Collection[str], before: datetime) -> IntegrationStatus:
        """After a good look: what was surely made is seen, and what began `before` comes no more."""
        still = (each for each in self.begun if each.name not in made and each.at > before)
        return self.with_(begun=tuple(still))

    def begun_at(self, name: str) -> datetime | None:
        return next((each.at for each in self.begun if each.name == name), None)

    def drifted(self, found: tuple[str, ...], at: datetime) -> IntegrationStatus:
        """One that goes on is the same drift: it keeps the time when it was first seen."""
        began = self.drift.at if self.drift and self.drift.repaired_at is None else at
        return self.with_(drift=Drift(at=began, found=found[:MOST_FOUND]))

    def without_drift(self, at: datetime) -> IntegrationStatus:
        """Nothing differs any more; the last drift is kept for people."""
        if self.drift is None or self.drift.repaired_at:
            return self
        return self.with_(drift=self.drift.with_(repaired_at=at))


class Provisioning(Model):
    authentik: IntegrationStatus = IntegrationStatus()
    stalwart: IntegrationStatus = IntegrationStatus()
    ocis: IntegrationStatus = IntegrationStatus()

    def of(self, integration: Integration) -> IntegrationStatus:
        status: IntegrationStatus = getattr(self, integration)
        return status

    def with_status(self, integration: Integration, status: IntegrationStatus) -> Provisioning:
        return self.with_(**{integration: status})

    def all_due_at(self, when: datetime) -> Provisioning:
        """The same, each integration to be looked at from `when` on: the desired state has changed."""
        return self.with_(**{each: self.of(each).with_(next_attempt_at=when) for each in INTEGRATIONS})
