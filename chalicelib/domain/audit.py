"""AuditEvent: who changed what, from what to what, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.actor import Actor
from chalicelib.domain.model import Model


class AuditActor(Model):
    user_id: str
    issuer: str
    subject: str | None = None
    name: str = ""


class AuditTarget(Model):
    kind: str  # partner, tenant, user
    id: str
    name: str  # a slug or an e-mail address, for people


class Change(Model):
    before: Any = None
    after: Any = None


class AuditEvent(Model):
    """Written in the transaction of the change that it tells of; never altered."""

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
