"""Where a tenant stands in each integration."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from chalicelib.domain.model import Model

Integration = Literal["authentik", "stalwart", "ocis"]
INTEGRATIONS: tuple[Integration, ...] = get_args(Integration)  # always in this order

LAST_TO_PURGE: Integration = "authentik"  # so that a purge that fails half-way still has an owner's marker

State = Literal["pending", "ok", "retrying", "blocked", "paused", "removed"]
STATES: tuple[State, ...] = get_args(State)


class IntegrationError(Model):
    """What went wrong last; `message` is safe to show to a tenant's admin."""

    code: str
    message: str


class Lease(Model):
    """One worker's right to write this integration's status until `until`; a later token fences it off."""

    token: str
    until: datetime


class IntegrationStatus(Model):
    """One integration of one tenant. Documents without these fields read as `pending`.

    observed_generation   the generation that was last fully applied and seen
    next_attempt_at       when the sweep looks again; None means now
    ids                   the vendor's own ids, for people; always rebuilt from markers and names
    """

    state: State = "pending"
    observed_generation: int = 0
    attempts: int = 0
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    next_attempt_at: datetime | None = None
    error: IntegrationError | None = None
    ids: dict[str, str] = {}
    lease: Lease | None = None


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
