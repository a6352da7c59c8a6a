"""SQS: hints that an integration of a tenant wants a look. Losing or repeating one only costs time."""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from chalicelib.domain.provisioning import Integration

log = logging.getLogger(__name__)

VERSION = 1  # of the message
BATCH = 10  # the most that SQS takes in one request
LONGEST_DELAY = 900  # seconds: the most that SQS delays a message


@dataclass(frozen=True, slots=True)
class Hint:
    """One message; `delay` seconds pass before anyone sees it."""

    integration: Integration
    tenant_id: str
    reason: str
    run_id: str
    delay: int = 0


def sqs_client() -> Any:
    """A client that gives up soon: an API call waits for it, and the sweep makes good what is lost."""
    # boto3 takes longer to import than all else here: only who sends pays for it.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    retries = {"mode": "standard", "max_attempts": 2}
    return boto3.client("sqs", config=Config(connect_timeout=1, read_timeout=3, retries=retries))


def queue_name(integration: Integration) -> str:
    return f"reconcile-{integration}"


class SqsReconcileQueue:
    """The queues of all integrations. Raises nothing that SQS does: failures are logged, by ids."""

    def __init__(self, client_factory: Callable[[], Any] = sqs_client) -> None:
        self._client_factory = client_factory
        self._built: Any = None
        self._building = threading.Lock()  # boto3 builds clients in one thread at a time only
        self._urls: dict[Integration, str] = {}

    def hint(self, integration: Integration, tenant_id: str, reason: str, run_id: str) -> None:
        """Ask for a look, soon. A hint that cannot be sent is logged; the sweep finds the tenant.

        Sends    SendMessage  {"version": 1, "tenantId", "reason", "runId"}
        Source   Amazon SQS API 2012-11-05, SendMessage
        """
        self.hint_many([Hint(integration, tenant_id, reason, run_id)])

    def hint_many(self, hints: Iterable[Hint]) -> int:
        """Send all of them, ten at a time; the answer is how many SQS took.

        Sends    SendMessageBatch  {"Entries": [{"Id", "MessageBody", "DelaySeconds"}]}  ->  {"Failed": [...]}
        Source   Amazon SQS API 2012-11-05, SendMessageBatch
        """
        by_queue = sorted(hints, key=lambda hint: hint.integration)
        return sum(
            self._sent(integration, batch)
            for integration, group in groupby(by_queue, key=lambda hint: hint.integration)
            for batch in _batches(group)
        )

    def postpone(self, integration: Integration, receipt: str, delay: float) -> None:
        """Let a message that was received come back after `delay` seconds, within what SQS allows.

        Sends    ChangeMessageVisibility  {"ReceiptHandle", "VisibilityTimeout"}
        Source   Amazon SQS API 2012-11-05, ChangeMessageVisibility
        """
        seconds = min(max(math.ceil(delay), 0), LONGEST_DELAY)
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url(integration), ReceiptHandle=receipt, VisibilityTimeout=seconds
            )
        except _sqs_failures():
            log.warning("message not postponed", extra={"integration": integration})

    def _sent(self, integration: Integration, batch: Sequence[Hint]) -> int:
        entries = [_entry(number, hint) for number, hint in enumerate(batch)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url(integration), Entries=entries)
        except _sqs_failures():
            refused = list(batch)
        else:
            refused = [batch[int(failed["Id"])] for failed in answer.get("Failed", [])]
        for hint in refused:
            facts = {"integration": integration, "tenant_id": hint.tenant_id, "run_id": hint.run_id}
            log.warning("hint not sent", extra=facts)
        return len(batch) - len(refused)

    @property
    def _client(self) -> Any:
        with self._building:
            if self._built is None:
                self._built = self._client_factory()
            return self._built

    def _url(self, integration: Integration) -> str:
        if integration not in self._urls:
            answer = self._client.get_queue_url(QueueName=queue_name(integration))
            self._urls[integration] = answer["QueueUrl"]
        return self._urls[integration]


def _batches(hints: Iterable[Hint]) -> Iterable[list[Hint]]:
    rest = iter(hints)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _entry(number: int, hint: Hint) -> dict[str, object]:
    body = {
        "version": VERSION,
        "tenantId": hint.tenant_id,
        "reason": hint.reason,
        "runId": hint.run_id,
    }
    delay = min(max(hint.delay, 0), LONGEST_DELAY)
    return {"Id": str(number), "MessageBody": json.dumps(body), "DelaySeconds": delay}


def _sqs_failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as late as boto3 itself)

    return BotoCoreError, ClientError
