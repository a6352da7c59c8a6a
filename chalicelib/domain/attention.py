"""Attention: what operators should look at. Opened and closed by the state itself; nobody ticks it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from chalicelib.domain.breaker import NAMES, Breaker
from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import (
    INTEGRATIONS,
    Drift,
    DriftPause,
    Integration,
    IntegrationStatus,
    State,
)
from chalicelib.domain.tenant import MOVES, Tenant
from chalicelib.domain.version import SUPPORTED, SeenVersion

Cause = Literal[
    "under-way",
    "retrying",
    "blocked",
    "paused",
    "drift-paused",
    "not-called",
    "dead-letters",
    "unsupported-version",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)
OF_TENANTS: Mapping[State, Cause] = {"retrying": "retrying", "blocked": "blocked", "paused": "paused"}

DRIFT = "drift"  # counted like a cause; whose repair fails or is paused has one of those as well

Evidence = dict[str, str | int | None]

Action = Literal["reconcile", "plan", "pause", "resume", "redrive"]

# What an operator can do about each cause; `pause` comes to some of them where it would help.
ACTIONS: Mapping[Cause, tuple[Action, ...]] = {
    "under-way": ("reconcile", "plan"),
    "retrying": ("reconcile", "plan"),
    "blocked": ("plan", "reconcile"),  # a plan that is approved may do what a worker alone may not
    "paused": ("plan",),
    "drift-paused": ("resume", "plan"),
    "not-called": (),  # it is called again by itself; no hand helps
    "dead-letters": ("redrive",),
    "unsupported-version": (),  # a warning: work goes on
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
    evidence: Evidence = {}
    actions: tuple[Action, ...] = ()


def causes_of(tenant: Tenant) -> dict[Integration, Cause]:
    """Of each integration that does not hold what is wanted, or where a person keeps us from repairing that.

    A pause that is over counts until the next look, which takes it away.
    """
    causes = {each: _cause(tenant, each) for each in INTEGRATIONS}
    return {each: cause for each, cause in causes.items() if cause}


def troubles_of(tenant: Tenant) -> tuple[str, ...]:
    """All of a tenant's, as lists and counts name them, and where it differs from what was there before."""
    causes = (trouble_of(cause, each) for each, cause in causes_of(tenant).items())
    return (*causes, *(trouble_of(DRIFT, each) for each in INTEGRATIONS if _open_drift(tenant, each)))


def trouble_of(cause: str, integration: Integration) -> str:
    """How lists and counts name it: "blocked:ocis"."""
    return f"{cause}:{integration}"


def of_tenant(tenant: Tenant, now: datetime) -> tuple[AttentionItem, ...]:
    """One item for each integration that has a cause."""
    return tuple(
        _of_status(tenant, integration, cause, now)
        for integration, cause in causes_of(tenant).items()
        if cause != "drift-paused" or _pause(tenant, integration, now)
    )


def of_breaker(breaker: Breaker) -> tuple[AttentionItem, ...]:
    """An integration that is not called at all for now."""
    if not breaker.is_open:
        return ()
    evidence = {"openings": breaker.openings, "probeAt": _text(breaker.probe_at)}
    if breaker.error:
        evidence |= {"code": breaker.error.code, "message": breaker.error.message}
    what = f"{breaker.message}; no tenant calls it for now, one probe finds out when it is back"
    return (_item("not-called", breaker.id, what, breaker.opened_at, evidence=evidence),)


def of_version(seen: SeenVersion) -> tuple[AttentionItem, ...]:
    """A vendor whose version our calls were not written for."""
    if seen.is_supported:
        return ()
    supported = SUPPORTED[seen.id]
    what = f"{NAMES[seen.id]} is version {seen.version}; our calls were written for {supported}"
    evidence: Evidence = {"version": seen.version, "supported": str(supported), "seenAt": _text(seen.seen_at)}
    return (_item("unsupported-version", seen.id, what, None, evidence=evidence),)


def of_dead_letters(integration: Integration, count: int) -> tuple[AttentionItem, ...]:
    """Messages that were given up. Each is only a hint: the sweep looks at its tenant all the same."""
    if not count:
        return ()
    what = f"{count} messages to {NAMES[integration]} were given up after five tries"
    return (_item("dead-letters", integration, what, None, evidence={"messages": count}),)


def _cause(tenant: Tenant, integration: Integration) -> Cause | None:
    status = tenant.provisioning.of(integration)
    if not tenant.is_settled_in(integration):
        return OF_TENANTS.get(status.state, "under-way")
    pause = status.drift_paused
    return "drift-paused" if pause and pause.generation == tenant.generation else None


def _of_status(tenant: Tenant, integration: Integration, cause: Cause, now: datetime) -> AttentionItem:
    status = tenant.provisioning.of(integration)
    evidence = _evidence(tenant, status)
    if pause := _pause(tenant, integration, now):
        evidence |= {"pausedUntil": _text(pause.until), "pauseReason": pause.reason}
    if drift := _open_drift(tenant, integration):
        evidence |= {"driftSince": _text(drift.at), "drift": "; ".join(drift.found)}
    item = _item(
        cause, integration, _what(cause, integration, status), _since(tenant, integration), evidence=evidence
    )
    return item.with_(
        id=f"{tenant.id}:{integration}",
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
        actions=_actions(tenant, integration, cause, now),
    )


def _evidence(tenant: Tenant, status: IntegrationStatus) -> Evidence:
    return {
        "generation": tenant.generation,
        "observedGeneration": status.observed_generation,
        "attempts": status.attempts,
        "nextAttemptAt": _text(status.next_attempt_at),
        "code": status.error.code if status.error else None,
        "message": status.error.message if status.error else None,
    }


def _actions(tenant: Tenant, integration: Integration, cause: Cause, now: datetime) -> tuple[Action, ...]:
    """Only what is possible now: of what was never there nothing can be left alone, nor after the end."""
    actions = ACTIONS[cause]
    if cause == "drift-paused":
        return actions
    if _pause(tenant, integration, now):
        return (*actions, "resume")
    was_there = tenant.provisioning.of(integration).observed_generation == tenant.generation
    may_change = not tenant.purging and tenant.lifecycle in MOVES["change"]
    return (*actions, "pause") if was_there and may_change and cause != "paused" else actions


def _pause(tenant: Tenant, integration: Integration, now: datetime) -> DriftPause | None:
    """The pause that holds now."""
    pause = tenant.provisioning.of(integration).drift_paused
    return pause if pause and pause.holds(tenant.generation, now) else None


def _item(
    cause: Cause,
    integration: Integration,
    what: str,
    since: datetime | None,
    *,
    evidence: Evidence,
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
    if cause == "drift-paused":
        return f"An operator has paused the repair of what differs in {NAMES[integration]}"
    if cause == "under-way" or status.error is None:
        return f"{NAMES[integration]} does not hold the latest change yet"
    prefix = "needs a person" if cause == "blocked" else "is tried again"
    return f"{NAMES[integration]} {prefix}: {status.error.message}"


def _open_drift(tenant: Tenant, integration: Integration) -> Drift | None:
    drift = tenant.provisioning.of(integration).drift
    return drift if drift and drift.repaired_at is None else None


def _since(tenant: Tenant, integration: Integration) -> datetime:
    """Since the change that is not there yet, or the drift; else since it was last in order."""
    status = tenant.provisioning.of(integration)
    if status.observed_generation < tenant.generation:
        return tenant.updated_at
    if drift := _open_drift(tenant, integration):
        return drift.at
    return status.last_success_at or tenant.created_at


def _text(when: datetime | None) -> str | None:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z") if when else None
