"""Queue messages: each asks for a look at an integration of a tenant; all else is read from the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, Unpack

from chalice.app import SQSEvent, SQSRecord
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from chalicelib.domain.ports import Clock
from chalicelib.domain.provisioning import Integration
from chalicelib.reconcile.journal import Asked
from chalicelib.reconcile.outcome import Outcome

log = logging.getLogger(__name__)

ENOUGH = 20_000  # milliseconds that must be left to begin with a record
LAST_CALL = 15_000  # milliseconds: the longest that one call to a vendor takes
GIVING_BACK = 8_000  # milliseconds: the longest that one call to SQS takes, with its second try
LARGEST = 4_096  # characters of a body; ours have about 150

RemainingMs = Callable[[], int]


class Looks(Protocol):
    @property
    def clock(self) -> Clock: ...

    def reconcile(
        self,
        integration: Integration,
        tenant_id: str,
        deadline: datetime | None = None,
        hinted_at: datetime | None = None,
        **asked: Unpack[Asked],
    ) -> Outcome: ...


class Postpones(Protocol):
    def postpone(self, integration: Integration, receipt: str, delay: float) -> None: ...


class Message(BaseModel):
    """A hint. Nothing of it is trusted but which tenant to look at."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)

    version: Literal[1]
    tenant_id: str = Field(min_length=1, max_length=64)
    reason: str = Field(max_length=200)
    run_id: str = Field(max_length=64)
    approved: str | None = Field(default=None, max_length=64)


def handle(
    event: SQSEvent, integration: Integration, reconciler: Looks, queue: Postpones, remaining_ms: RemainingMs
) -> dict[str, Any]:
    """Look at the tenant of each record; name those whose message has to come back.

    A message that makes no sense comes back too, until SQS puts it to the dead letters.
    """
    work = _Work(integration, reconciler, queue, remaining_ms)
    failed = [record for record in event if not work.is_settled(record)]
    return {"batchItemFailures": [{"itemIdentifier": _facts(record).get("messageId")} for record in failed]}


class _Work:
    def __init__(
        self, integration: Integration, reconciler: Looks, queue: Postpones, remaining_ms: RemainingMs
    ) -> None:
        self._integration = integration
        self._reconciler = reconciler
        self._queue = queue
        self._remaining_ms = remaining_ms

    def is_settled(self, record: SQSRecord) -> bool:
        """Whether the message has done its duty; False lets it come back."""
        if self._remaining_ms() < ENOUGH:
            self._give_back(record)
            return False
        try:
            return self._is_looked_at(record)
        except Exception:  # noqa: BLE001  (one record must not take the other nine with it; the engine has logged why)
            log.error("record failed", extra=self._names(record))  # noqa: TRY400  (its trace is in the log already)
            return False

    def _is_looked_at(self, record: SQSRecord) -> bool:
        message = _message(record.body)
        if message is None:
            log.error("message makes no sense", extra=self._names(record))
            return False
        outcome = self._reconciler.reconcile(
            self._integration,
            message.tenant_id,
            self._deadline(),
            hinted_at(_facts(record)),
            run_id=message.run_id,
            reason=message.reason,
            approved=message.approved,
        )
        if outcome.kind != "later":
            return True
        self._queue.postpone(self._integration, record.receipt_handle, outcome.delay)
        return False

    def _give_back(self, record: SQSRecord) -> None:
        """Let another worker have it at once; without time to say so, it comes back when SQS gives us up."""
        if self._remaining_ms() > GIVING_BACK:
            self._queue.postpone(self._integration, record.receipt_handle, 0)

    def _deadline(self) -> datetime:
        return self._reconciler.clock() + timedelta(milliseconds=self._remaining_ms() - LAST_CALL)

    def _names(self, record: SQSRecord) -> dict[str, object]:
        return {"integration": self._integration, "message_id": _facts(record).get("messageId")}


def hinted_at(facts: dict[str, Any]) -> datetime | None:
    """When the message was sent; None when the record does not say so in milliseconds."""
    sent = str(facts.get("attributes", {}).get("SentTimestamp", ""))
    if not sent.isascii() or not sent.isdigit() or len(sent) > 13:
        return None
    return datetime.fromtimestamp(int(sent) / 1000, UTC)


def _message(body: str) -> Message | None:
    if len(body) > LARGEST:
        return None
    try:
        return Message.model_validate_json(body)
    except ValidationError:
        return None


def _facts(record: SQSRecord) -> dict[str, Any]:
    facts: dict[str, Any] = record.to_dict()
    return facts
