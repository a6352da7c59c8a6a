"""Where a tenant stands in its integrations, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.portal.moments import instant

NAMES = {"authentik": "Authentik", "stalwart": "Stalwart", "ocis": "oCIS"}
DUTIES = {"authentik": "sign-in", "stalwart": "mail", "ocis": "files"}
SOON = timedelta(minutes=2)  # who waits for more than this, looks again later
AT_ONCE = timedelta(seconds=5)
MOVING = frozenset({"pending", "retrying"})
AT_REST = frozenset({"paused", "removed"})
SENTENCES = {
    "pending": "It is being set up.",
    "retrying": "The last try failed; it is tried again by itself.",
    "blocked": "It needs a person: what is said below has to be put right first.",
    "paused": "It is left alone.",
    "removed": "Nothing of this tenant is there any more.",
}


@dataclass(frozen=True, slots=True)
class Stand:
    """
    key     the integration as the API calls it; `of` is its answer about it
    says    its state in a sentence
    due     the next look could be at any moment
    busy    somebody is at it, or is about to be
    """

    key: str
    name: str
    duty: str
    of: Mapping[str, Any]
    says: str
    due: bool
    busy: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """A look that someone has asked for at `since`: in every integration, or in `only` that one."""

    since: datetime
    only: str = ""

    def is_due_in(self, key: str, last_attempt: str | None, now: datetime) -> bool:
        """It has not been seen yet, and may still come."""
        if self.only not in {"", key} or not timedelta(0) <= now - self.since < SOON:
            return False
        return last_attempt is None or instant(last_attempt) < self.since


def stands(integrations: Mapping[str, Any], now: datetime, awaited: Awaited | None = None) -> list[Stand]:
    return [_stand(key, integrations[key], now, awaited) for key in NAMES]


def is_moving(tenant: Mapping[str, Any]) -> bool:
    """Whether its states, as a list of tenants tells them, may soon be others."""
    states = tenant["provisioningStatus"].values()
    return tenant["status"] == "pending" or not MOVING.isdisjoint(states)


def is_restorable(tenant: Mapping[str, Any], now: datetime) -> bool:
    """As far as its dates tell; the API knows whether its deletion has begun."""
    if tenant["status"] != "terminated" or tenant["purgedAt"]:
        return False
    return tenant["purgeAfter"] is None or now < instant(tenant["purgeAfter"])


def _stand(key: str, of: Mapping[str, Any], now: datetime, awaited: Awaited | None) -> Stand:
    asked = awaited is not None and awaited.is_due_in(key, of["lastAttemptAt"], now)
    due, busy = _is_due(of, now), asked or _is_unfinished(of, now)
    return Stand(key, NAMES[key], DUTIES[key], of, _sentence(of), due=due, busy=busy)


def _is_due(of: Mapping[str, Any], now: datetime) -> bool:
    if of["nextAttemptAt"] is None:
        return of["state"] in MOVING
    return of["state"] not in AT_REST and instant(of["nextAttemptAt"]) <= now + AT_ONCE


def _is_unfinished(of: Mapping[str, Any], now: datetime) -> bool:
    """Not there yet, and the next look is near."""
    if of["state"] in AT_REST or (of["state"] == "ok" and of["observedGeneration"] == of["generation"]):
        return False
    return of["nextAttemptAt"] is None or instant(of["nextAttemptAt"]) - now < SOON


def _sentence(of: Mapping[str, Any]) -> str:
    if of["state"] != "ok":
        return SENTENCES.get(of["state"], "")
    if of["observedGeneration"] == of["generation"]:
        return "Everything is as it should be."
    return "It was in order, but the latest change is not there yet."
