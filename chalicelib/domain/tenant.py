"""Tenant: a customer organisation, what it should be, and what people see of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, get_args

from chalicelib.domain.contact import Contact
from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import INTEGRATIONS, Provisioning
from chalicelib.errors import ImpossibleMove

Plan = Literal["starter", "business", "enterprise"]
PLANS: tuple[Plan, ...] = get_args(Plan)

Lifecycle = Literal["active", "suspended", "terminated"]  # desired, set by people
Status = Literal["pending", "active", "suspended", "terminated"]  # seen, always derived
STATUSES: tuple[Status, ...] = get_args(Status)

# The life of a tenant: from where each move is allowed.
MOVES: dict[str, tuple[Lifecycle, ...]] = {
    "change": ("active", "suspended"),
    "suspend": ("active",),
    "resume": ("suspended",),
    "terminate": ("active", "suspended"),
    "restore": ("terminated",),
}


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # what a document without a date reads as


class Tenant(Model):
    """
    generation     +1 with every accepted change of the desired state
    version        +1 with every accepted change; the ETag
    revision       +1 with every write, reconcile's included; guards against lost updates
    activated_at   when all three integrations were first seen in order
    """

    id: str
    slug: str
    name: str
    plan: Plan = "starter"
    domains: tuple[str, ...] = ()
    partner_id: str | None = None
    contact: Contact | None = None
    lifecycle: Lifecycle = "active"
    suspended_reason: str | None = None
    terminated_at: datetime | None = None
    activated_at: datetime | None = None
    generation: int = 1
    provisioning: Provisioning = Provisioning()
    created_at: datetime = LONG_AGO
    updated_at: datetime = LONG_AGO
    version: int = 1
    revision: int = 1

    @property
    def status(self) -> Status:
        """What people see: a tenant is pending until all three integrations were once in order."""
        if self.lifecycle != "active":
            return self.lifecycle
        return "active" if self.activated_at else "pending"

    @property
    def is_converged(self) -> bool:
        """All three integrations hold exactly this generation."""
        statuses = [self.provisioning.of(each) for each in INTEGRATIONS]
        return all(each.state == "ok" and each.observed_generation == self.generation for each in statuses)

    @property
    def due_at(self) -> datetime:
        """When the sweep should look next: the earliest of the three."""
        waits = [self.provisioning.of(each).next_attempt_at for each in INTEGRATIONS]
        return min(each or self.created_at for each in waits)

    def changed(self, at: datetime, **update: object) -> Tenant:
        """The same tenant, wished differently: a new generation that every integration has to reach."""
        return self.with_(
            **update,
            generation=self.generation + 1,
            version=self.version + 1,
            updated_at=at,
            provisioning=self.provisioning.all_due_at(at),
        )

    def observed(self, provisioning: Provisioning, at: datetime) -> Tenant:
        """The same tenant after a look at an integration. Nothing else ever makes a tenant active."""
        seen = self.with_(provisioning=provisioning)
        return seen.with_(activated_at=at) if seen.is_converged and not self.activated_at else seen

    def suspended(self, at: datetime, reason: str) -> Tenant:
        self.check_move("suspend")
        return self.changed(at, lifecycle="suspended", suspended_reason=reason)

    def resumed(self, at: datetime) -> Tenant:
        self.check_move("resume")
        return self.changed(at, lifecycle="active", suspended_reason=None)

    def terminated(self, at: datetime) -> Tenant:
        self.check_move("terminate")
        return self.changed(at, lifecycle="terminated", terminated_at=at)

    def restored(self, at: datetime) -> Tenant:
        """Back to what it was: a tenant that was suspended before its termination is suspended again."""
        self.check_move("restore")
        lifecycle = "suspended" if self.suspended_reason else "active"
        return self.changed(at, lifecycle=lifecycle, terminated_at=None)

    def check_move(self, move: str) -> None:
        """Raises ImpossibleMove for a move that MOVES does not allow from here."""
        if self.lifecycle not in MOVES[move]:
            raise ImpossibleMove(f"Tenant {self.slug!r} is {self.status}; it cannot {move} now")
