"""Attention: what operators should look at. Opened and closed by the state itself; nobody ticks it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from chalicelib.domain.breaker import NAMES, Breaker
from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import INTEGRATIONS, Integration, IntegrationStatus, State
from chalicelib.domain.tenant import Tenant

Cause = Literal["under-way", "retrying", "blocked", "paused", "not-called", "dead-letters"]
Action = Literal["reconcile", "plan", "resume", "redrive"]

CAUSES: Mapping[State, Cause] = {"retrying": "retrying", "blocked": "blocked", "paused": "paused"}

# What an operator can do about each cause.
ACTIONS: Mapping[Cause, tuple[Action, ...]] = {
    "under-way": ("reconcile",),
    "retrying": ("reconcile", "plan"),
    "blocked": ("plan", "reconcile"),
    "paused": ("resume",),
    "not-called": (),  # it is called again by itself; no hand helps
    "dead-letters": ("redrive",),
}


class AttentionItem(Model):
    """One cause, of one tenant in one integration, or of an integration as a whole.

    what       the cause in plain words
    since      since when, as far as is known
    evidence   what the state says: counts, times and messages
    """

    id: str
    cause: Cause
    what: str
    since: datetime | None
    integration: Integration
    tenant_id: str | None = None
    tenant_slug: str | None = None
    tenant_name: str | None = None
    evidence: dict[str, str | int | None] = {}
    actions: tuple[Action, ...] = ()


def of_tenant(tenant: Tenant) -> tuple[AttentionItem, ...]:
    """One item for each integration that does not hold what is wanted."""
    return tuple(_of_status(tenant, each) for each in INTEGRATIONS if not tenant.is_settled_in(each))


def of_breaker(breaker: Breaker) -> tuple[AttentionItem, ...]:
    """An integration that is not called at all for now."""
    if not breaker.is_open:
        return ()
    evidence = {"openings": breaker.openings, "probeAt": _text(breaker.probe_at)}
    if breaker.error:
        evidence |= {"code": breaker.error.code, "message": breaker.error.message}
    what = f"{breaker.message}; no tenant calls it for now, one probe finds out when it is back"
    return (_item("not-called", breaker.id, what, breaker.opened_at, evidence=evidence),)


def of_dead_letters(integration: Integration, count: int) -> tuple[AttentionItem, ...]:
    """Messages that were given up. Each is only a hint: the sweep looks at its tenant all the same."""
    if not count:
        return ()
    what = f"{count} messages to {NAMES[integration]} were given up after five tries"
    return (_item("dead-letters", integration, what, None, evidence={"messages": count}),)


def _of_status(tenant: Tenant, integration: Integration) -> AttentionItem:
    status = tenant.provisioning.of(integration)
    cause = CAUSES.get(status.state, "under-way")
    item = _item(
        cause,
        integration,
        _what(cause, integration, status),
        _since(tenant, status),
        evidence={
            "generation": tenant.generation,
            "observedGeneration": status.observed_generation,
            "attempts": status.attempts,
            "nextAttemptAt": _text(status.next_attempt_at),
            "code": status.error.code if status.error else None,
            "message": status.error.message if status.error else None,
        },
    )
    return item.with_(
        id=f"{tenant.id}:{integration}",
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
    )


def _item(
    cause: Cause,
    integration: Integration,
    what: str,
    since: datetime | None,
    *,
    evidence: dict[str, str | int | None],
) -> AttentionItem:
    return AttentionItem(
        id=f"{integration}:{cause}",
        cause=cause,
        what=what,
        since=since,
        integration=integration,
        evidence=evidence,
        actions=ACTIONS[cause],
    )


def _what(cause: Cause, integration: Integration, status: IntegrationStatus) -> str:
    if cause == "paused":
        return f"{NAMES[integration]} is paused for this tenant"
    if cause == "under-way" or status.error is None:
        return f"{NAMES[integration]} does not hold the latest change yet"
    prefix = "needs a person" if cause == "blocked" else "is tried again"
    return f"{NAMES[integration]} {prefix}: {status.error.message}"


def _since(tenant: Tenant, status: IntegrationStatus) -> datetime:
    """Since the change that is not there yet; where nothing has changed, since it was last in order."""
    if status.observed_generation < tenant.generation:
        return tenant.updated_at
    return status.last_success_at or tenant.created_at


def _text(when: datetime | None) -> str | None:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z") if when else None
