"""AuditEvent: who changed what, or tried to, from what to what, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.domain.actor import Actor
from chalicelib.domain.chain import Link
from chalicelib.domain.model import Model

Outcome = Literal["done", "refused"]


class AuditActor(Model):
    """`user_id` is empty for someone who was refused before anybody looked who they are."""

    user_id: str
    issuer: str
    subject: str | None = None
    name: str = ""


class AuditTarget(Model):
    kind: str  # partner, tenant, user, ticket, …; route for a refused attempt that names no tenant
    id: str
    name: str  # a slug, an e-mail address, a reference: for people


class Change(Model):
    before: Any = None
    after: Any = None


class AuditEvent(Model):
    """Written in the transaction of the change that it tells of; never altered.

    chain   which chain it stands in: its tenant's or, without one, that of what it is about
    link    where in it; given when it is stored, and absent from older events
    """

    id: str
    at: datetime
    actor: AuditActor
    surface: str
    action: str
    target: AuditTarget
    tenant_id: str | None = None
    changes: dict[str, Change] = {}
    reason: str | None = None
    request_id: str = ""
    outcome: Outcome = "done"
    chain: str | None = None
    link: Link | None = None

    def in_chain(self) -> AuditEvent:
        """A refusal without a tenant stands with whoever was refused."""
        if self.tenant_id:
            return self.with_(chain=f"tenant:{self.tenant_id}")
        if self.outcome == "refused":
            return self.with_(chain=f"user:{self.actor.user_id or self.actor.subject}")
        return self.with_(chain=f"{self.target.kind}:{self.target.id}")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """
    actor    a user id or a name
    target   an id or a name
    since, until   since <= at < until
    """

    tenant_id: str | None = None
    actor: str | None = None
    action: str | None = None
    target: str | None = None
    outcome: Outcome | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def audit_actor(actor: Actor) -> AuditActor:
    user = actor.user
    return AuditActor(user_id=user.id, issuer=user.issuer, subject=user.subject, name=user.name)


def what_changed(before: Model | None, after: Model, fields: tuple[str, ...]) -> dict[str, Change]:
    """Of `fields` (camelCase), those whose values differ. No `before` means that `after` is new."""
    old: Mapping[str, Any] = before.model_dump(by_alias=True, mode="json") if before else {}
    new = after.model_dump(by_alias=True, mode="json")
    return {
        each: Change(before=old.get(each), after=new.get(each))
        for each in fields
        if old.get(each) != new.get(each)
    }
