"""The sweep hints at whatever is unfinished, forgotten or long unseen: it finds what messages lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Protocol
from uuid import uuid4

from chalicelib.domain.page import Page
from chalicelib.domain.ports import Clock, TenantStore
from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.integrations.sqs import Hint
from chalicelib.reconcile.turns import AT_REST

log = logging.getLogger(__name__)

PAGE = 100  # tenants
MOST_PAGES = 200  # in one sweep; who waits longest goes first, the rest is found by the next
PERIOD = 300  # seconds from one sweep to the next, over which the hints are spread


class Hints(Protocol):
    def hint_many(self, hints: Sequence[Hint]) -> int: ...


def handle(tenants: TenantStore, queue: Hints, clock: Clock) -> int:
    """Hint at every integration that is due, a page at a time; the answer is how many hints were sent."""
    now, numbers = clock(), count()
    sent = sum(queue.hint_many(_hints(page.items, now, numbers)) for page in _pages(tenants, now))
    log.info("swept", extra={"hints": sent})
    return sent


def _pages(tenants: TenantStore, now: datetime) -> Iterator[Page[Tenant]]:
    position: str | None = None
    for _ in range(MOST_PAGES):
        page = tenants.due(now, PAGE, after=position)
        yield page
        position = page.next
        if position is None:
            return


def _hints(page: Sequence[Tenant], now: datetime, numbers: Iterator[int]) -> list[Hint]:
    """One for each integration that is due, one second after the other, and round again after PERIOD."""
    return [
        Hint(integration, tenant.id, "sweep", uuid4().hex, delay=next(numbers) % PERIOD)
        for tenant in page
        for integration in INTEGRATIONS
        if _is_due(tenant.provisioning.of(integration), now)
    ]


def _is_due(status: IntegrationStatus, now: datetime) -> bool:
    return status.state not in AT_REST and (status.next_attempt_at is None or status.next_attempt_at <= now)
