"""The sweep hints at whatever is unfinished, forgotten or long unseen: it finds what messages lost.

The clock puts one message per shard of the fleet on a queue; each is worked off a few pages at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Literal, Protocol
from uuid import uuid4

from chalice.app import SQSEvent
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.domain.page import Page
from chalicelib.domain.ports import Clock, TenantStore
from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus
from chalicelib.domain.tenant import SHARDS, Tenant
from chalicelib.integrations.sqs import Hint, ShardHint
from chalicelib.reconcile.turns import AT_REST

log = logging.getLogger(__name__)

PAGE = 100  # tenants
MOST_PAGES = 20  # for one message; what is left goes on in another, so time and memory are bounded
PERIOD = 300  # seconds from one sweep to the next, over which the hints are spread


class Hints(Protocol):
    def hint_many(self, hints: Sequence[Hint]) -> int: ...

    def hint_shards(self, shards: Sequence[ShardHint]) -> int: ...


class ShardMessage(BaseModel):
    """Which part of the fleet, and after which position. Whatever else it says is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1]
    shard: str = Field(max_length=8)
    after: str | None = Field(max_length=200)


def plan(queue: Hints) -> int:
    """One message for each shard. Sent twice or late it costs some looks that find nothing to do."""
    return queue.hint_shards([ShardHint(each) for each in SHARDS])


def handle(event: SQSEvent, tenants: TenantStore, queue: Hints, clock: Clock) -> dict[str, Any]:
    """Work off shards. A message that makes no sense comes back until SQS puts it to the dead letters."""
    failed = [record for record in event if not _is_swept(record.body, tenants, queue, clock)]
    return {"batchItemFailures": [{"itemIdentifier": record.to_dict()["messageId"]} for record in failed]}


def sweep(
    tenants: TenantStore, queue: Hints, clock: Clock, shard: str | None = None, after: str | None = None
) -> str | None:
    """Hint at every integration that is due, a page at a time.

    Returns  the position to go on from when there was more than one message should do; else None
    """
    now, numbers, position = clock(), count(), after
    for page in _pages(tenants, now, shard, after):
        queue.hint_many(_hints(page.items, now, numbers))
        _log_lag(page.items, now)
        position = page.next
    return position


def _is_swept(body: str, tenants: TenantStore, queue: Hints, clock: Clock) -> bool:
    try:
        message = ShardMessage.model_validate_json(body)
    except ValidationError:
        message = None
    if message is None or message.shard not in SHARDS:
        log.error("shard message makes no sense")
        return False
    position = sweep(tenants, queue, clock, message.shard, message.after)
    # A lost rest is no loss: the next sweep begins with whoever waits longest.
    return position is None or queue.hint_shards([ShardHint(message.shard, position)]) == 1


def _pages(
    tenants: TenantStore, now: datetime, shard: str | None, after: str | None
) -> Iterator[Page[Tenant]]:
    position = after
    for _ in range(MOST_PAGES):
        page = tenants.due(now, PAGE, after=position, shard=shard)
        yield page
        position = page.next
        if position is None:
            return


def _hints(page: Sequence[Tenant], now: datetime, numbers: Iterator[int]) -> list[Hint]:
    """One for each integration that is due, spread over the period: no job of a person is behind them all."""
    return [
        Hint(integration, tenant.id, "sweep", uuid4().hex, delay=next(numbers) % PERIOD)
        for tenant in page
        for integration in INTEGRATIONS
        if _is_due(tenant.provisioning.of(integration), now)
    ]


def _log_lag(page: Sequence[Tenant], now: datetime) -> None:
    """How long the most overdue one waits: an alarm reads it out of the log (infra/aws/template/logs.py)."""
    waits = [
        now - (tenant.provisioning.of(integration).next_attempt_at or tenant.updated_at)
        for tenant in page
        for integration in INTEGRATIONS
        if _is_due(tenant.provisioning.of(integration), now)
    ]
    if waits:
        log.info("reconcile lag", extra={"lag_seconds": round(max(waits).total_seconds())})


def _is_due(status: IntegrationStatus, now: datetime) -> bool:
    return status.state not in AT_REST and (status.next_attempt_at is None or status.next_attempt_at <= now)
