"""Services as customers know them: not which system does the work, but whether it works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.portal.views.provisioning import stands

NAMES = {"authentik": "Sign-in", "stalwart": "Mail", "ocis": "Files"}
WORDS = {
    "ok": ("working", "good"),
    "pending": ("being set up", "busy"),
    "retrying": ("we are on it", "warn"),
    "blocked": ("we are on it", "warn"),
    "paused": ("paused", "warn"),
    "removed": ("removed", "off"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """
    since   when we began to be on it, or when it was last seen working
    busy    it may soon be otherwise
    """

    name: str
    word: str
    tone: str
    since: str | None
    busy: bool


def services_of(integrations: Mapping[str, Any], now: datetime) -> list[Service]:
    return [_service(each.key, each.of, busy=each.busy) for each in stands(integrations, now)]


def _service(key: str, of: Mapping[str, Any], *, busy: bool) -> Service:
    settled = of["observedGeneration"] == of["generation"]
    word, tone = WORDS["pending"] if of["state"] == "ok" and not settled else WORDS[of["state"]]
    return Service(NAMES[key], word, tone, of["lastSuccessAt"], busy)
