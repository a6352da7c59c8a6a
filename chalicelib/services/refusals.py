"""Refusals: who tried what they may not is on record, however often they try."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.audit import AuditActor, AuditEvent, AuditTarget
from chalicelib.domain.audit_ports import AuditLog
from chalicelib.domain.ports import Clock, SignedIn, TenantStore, UnitOfWork, UserStore
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import User
from chalicelib.errors import ControlPlaneError, TenantNotFound

MOST_REMEMBERED = 10_000  # of one minute, in one container

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    operation   the id of the operation that was refused
    route       method and address as they are declared
    slug        of the tenant in the address
    code        of the error that it was refused with
    """

    operation: str
    route: str
    slug: str | None
    audience: str
    code: str
    request_id: str


class Refusals:
    """One event for each person, operation and minute: a flood of refusals cannot fill the database."""

    def __init__(
        self, trail: AuditLog, users: UserStore, tenants: TenantStore, unit: UnitOfWork, clock: Clock
    ) -> None:
        self._trail = trail
        self._users = users
        self._tenants = tenants
        self._unit = unit
        self._clock = clock
        self._remembered: set[str] = set()

    def record(self, person: SignedIn, attempt: Attempt) -> None:
        """In a transaction of its own, because the refused one is undone. The refusal stands without it."""
        now = self._clock()
        event_id = _id_of(person, attempt, now)
        if event_id in self._remembered:
            return
        try:
            self._unit.run(lambda: self._add(event_id, now, person, attempt))
        except ControlPlaneError:
            log.warning("a refusal is not on record", extra={"request_id": attempt.request_id})
            return
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered.add(event_id)

    def _add(self, event_id: str, now: datetime, person: SignedIn, attempt: Attempt) -> None:
        if self._trail.find(event_id):  # another container was asked in the same minute
            return
        user = self._users.by_identity(person.issuer, person.subject)
        tenant = self._tenant(attempt.slug)
        # Who knocks at a stranger's door is not told behind it.
        is_theirs = user and tenant and user.membership_of(tenant.id)
        event = AuditEvent(
            id=event_id,
            at=now,
            actor=_actor(person, user),
            surface=attempt.audience,
            action=f"refused.{attempt.operation}",
            target=_target(tenant, attempt),
            tenant_id=tenant.id if tenant and is_theirs else None,
            reason=attempt.code,
            request_id=attempt.request_id,
            outcome="refused",
        )
        self._trail.add(event)

    def _tenant(self, slug: str | None) -> Tenant | None:
        try:
            return self._tenants.get(slug) if slug else None
        except TenantNotFound:
            return None


def _id_of(person: SignedIn, attempt: Attempt, now: datetime) -> str:
    parts = (person.issuer, person.subject, attempt.audience, attempt.operation, f"{now:%Y%m%d%H%M}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _actor(person: SignedIn, user: User | None) -> AuditActor:
    name = user.name if user else person.name
    return AuditActor(
        user_id=user.id if user else "", issuer=person.issuer, subject=person.subject, name=name
    )


def _target(tenant: Tenant | None, attempt: Attempt) -> AuditTarget:
    if tenant:
        return AuditTarget(kind="tenant", id=tenant.id, name=tenant.slug)
    return AuditTarget(kind="route", id=attempt.route, name=attempt.route)
