"""Tenant: a customer organisation, what it should be, and what people see of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from chalicelib.domain.contact import Contact
from chalicelib.domain.emptied import Emptied
from chalicelib.domain.model import Model
from chalicelib.domain.money import Money
from chalicelib.domain.ownership import DomainClaim, NewClaim, Ownership, claims_for
from chalicelib.domain.provisioning import INTEGRATIONS, LAST_TO_PURGE, Integration, Provisioning
from chalicelib.errors import ImpossibleMove

Plan = Literal["starter", "business", "enterprise"]
PLANS: tuple[Plan, ...] = get_args(Plan)

Lifecycle = Literal["active", "suspended", "terminated"]  # desired, set by people
Status = Literal["pending", "active", "suspended", "terminated"]  # seen, always derived
STATUSES: tuple[Status, ...] = get_args(Status)

# The life of a tenant: from where each move is allowed. A purge is the end: nothing leads out of it.
MOVES: dict[str, tuple[Lifecycle, ...]] = {
    "change": ("active", "suspended"),
    "suspend": ("active",),
    "resume": ("suspended",),
    "terminate": ("active", "suspended"),
    "restore": ("terminated",),
    "purge": ("terminated",),
}


NEW = "new"  # the shard of documents that nobody has looked at yet
SHARDS = (NEW, *"0123456789abcdef")  # by the first digit of the id

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # what a document without a date reads as


class Allowance(Model):
    """What the subscription gives a tenant: seats, and bytes of its shared space and of each mailbox."""

    seats: int
    files: int
    mailbox: int


class Tenant(Model):
    """
    allowance      None for a tenant from before there were subscriptions: no seat limit, the plan's quotas
    mrr            what it pays in a month; with plan and allowance a copy of its subscription, kept in one
                   transaction with it
    claims         whose each domain is; a domain without one is approved
    generation     +1 with every accepted change of the desired state
    version        +1 with every accepted change; the ETag
    revision       +1 with every write, reconcile's included; guards against lost updates
    activated_at   when all three integrations were first seen in order
    purge_after    a terminated tenant can be restored until then
    purging_since  since when everything of it is to be deleted, everywhere
    purged_at      when all three integrations were seen without anything of it
    emptied        what the platform itself has deleted of it since its purge began
    """

    id: str
    slug: str
    name: str
    plan: Plan = "starter"
    allowance: Allowance | None = None
    mrr: Money | None = None
    domains: tuple[str, ...] = ()
    claims: tuple[DomainClaim, ...] = ()
    partner_id: str | None = None
    contact: Contact | None = None
    lifecycle: Lifecycle = "active"
    suspended_reason: str | None = None
    terminated_at: datetime | None = None
    purge_after: datetime | None = None
    purging_since: datetime | None = None
    purged_at: datetime | None = None
    emptied: Emptied | None = None
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
    def owned_domains(self) -> tuple[str, ...]:
        """Those that may be handed to the mail server."""
        return tuple(each for each in self.domains if self.ownership_of(each) != "unproven")

    def claim_of(self, domain: str) -> DomainClaim | None:
        return next((each for each in self.claims if each.name == domain), None)

    def ownership_of(self, domain: str) -> Ownership:
        found = self.claim_of(domain)
        return found.ownership if found else "approved"

    def claiming(self, domains: tuple[str, ...], new: NewClaim) -> dict[str, object]:
        """The fields of a change to exactly these domains."""
        return {"domains": domains, "claims": claims_for(domains, self.domains, self.claims, new)}

    def owning(self, domain: str, ownership: Ownership, at: datetime) -> Tenant:
        """The same with one claim decided: a new wish, for the mail server may have the domain now."""
        decided = {"ownership": ownership, "since": at}
        claims = tuple(each.with_(**decided) if each.name == domain else each for each in self.claims)
        return self.changed(at, claims=claims)

    @property
    def purging(self) -> bool:
        return self.purging_since is not None

    @property
    def is_converged(self) -> bool:
        """All three integrations hold exactly this generation; for a purge: hold nothing of it any more."""
        return all(self.is_settled_in(each) for each in INTEGRATIONS)

    def is_settled_in(self, integration: Integration) -> bool:
        status = self.provisioning.of(integration)
        settled = "removed" if self.purging else "ok"
        return status.state == settled and status.observed_generation == self.generation

    def waits_for(self, integration: Integration) -> tuple[Integration, ...]:
        """The integrations that have to be done before this one."""
        if not self.purging or integration != LAST_TO_PURGE:
            return ()
        return tuple(
            each
            for each in INTEGRATIONS
            if each != integration and self.provisioning.of(each).state != "removed"
        )

    @property
    def due_at(self) -> datetime:
        """When the sweep should look next: the earliest of the three, and never again after a purge."""
        if self.purged_at:
            return NEVER
        waits = [self.provisioning.of(each).next_attempt_at for each in INTEGRATIONS]
        return min(each or self.created_at for each in waits)

    @property
    def known_until(self) -> datetime | None:
        """The identity provider holds everyone who was invited before; None when it holds everyone."""
        status = self.provisioning.authentik
        if status.observed_generation == self.generation:
            return None
        return status.last_success_at or self.created_at

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
        if not seen.is_converged:
            return seen
        if seen.purging:
            return seen.with_(purged_at=self.purged_at or at)
        return seen.with_(activated_at=self.activated_at or at)

    def suspended(self, at: datetime, reason: str) -> Tenant:
        self.check_move("suspend")
        return self.changed(at, lifecycle="suspended", suspended_reason=reason)

    def resumed(self, at: datetime) -> Tenant:
        self.check_move("resume")
        return self.changed(at, lifecycle="active", suspended_reason=None)

    def terminated(self, at: datetime, kept: timedelta) -> Tenant:
        """Softly: everything is kept, locked, for the time `kept`."""
        self.check_move("terminate")
        return self.changed(at, lifecycle="terminated", terminated_at=at, purge_after=at + kept)

    def purged(self, at: datetime) -> Tenant:
        """From now on everything of it is to be deleted. Raises ImpossibleMove while it can be restored."""
        self.check_move("purge")
        if self.purge_after and at < self.purge_after:
            raise ImpossibleMove(f"Tenant {self.slug!r} can still be restored")
        return self.changed(at, purging_since=at, contact=None)

    def restored(self, at: datetime) -> Tenant:
        """Back to what it was: a tenant that was suspended before its termination is suspended again."""
        self.check_move("restore")
        lifecycle = "suspended" if self.suspended_reason else "active"
        return self.changed(at, lifecycle=lifecycle, terminated_at=None, purge_after=None)

    def check_move(self, move: str) -> None:
        """Raises ImpossibleMove for a move that MOVES does not allow from here."""
        if self.purging or self.lifecycle not in MOVES[move]:
            raise ImpossibleMove(f"Tenant {self.slug!r} is {self.status}; it cannot {move} now")
