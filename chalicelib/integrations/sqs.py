"""SQS: hints that an integration of a tenant wants a look. Losing or repeating one only costs time."""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, TypeVar

from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.errors import Unavailable

T = TypeVar("T")

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
    approved: str | None = None  # digest of the only plan that may be applied


@dataclass(frozen=True, slots=True)
class ShardHint:
    """One part of the fleet is to be swept, from a position on."""

    shard: str
    after: str | None = None


def sqs_client() -> Any:
    """A client that gives up soon: an API call waits for it, and the sweep makes good what is lost."""
    # boto3 takes longer to import than all else here: only who sends pays for it.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    retries = {"mode": "standard", "max_attempts": 2}
    return boto3.client("sqs", config=Config(connect_timeout=1, read_timeout=3, retries=retries))


def queue_name(integration: Integration) -> str:
    return f"reconcile-{integration}"


SWEEP = "reconcile-sweep"
DEAD = "-dead"  # behind the name of the queue whose dead letters it keeps
WAITING = "ApproximateNumberOfMessages"


class SqsReconcileQueue:
    """The queues of all integrations. Raises nothing that SQS does: failures are logged, by ids."""

    def __init__(self, client_factory: Callable[[], Any] = sqs_client) -> None:
        self._client_factory = client_factory
        self._built: Any = None
        self._building = threading.Lock()  # boto3 builds clients in one thread at a time only
        self._urls: dict[str, str] = {}

    def hint(
        self, integration: Integration, tenant_id: str, reason: str, run_id: str, approved: str | None = None
    ) -> None:
        """Ask for a look, soon. A hint that cannot be sent is logged; the sweep finds the tenant.

        Sends    SendMessage  {"version": 1, "tenantId", "reason", "runId", "approved"?}
        Source   Amazon SQS API 2012-11-05, SendMessage
        """
        self.hint_many([Hint(integration, tenant_id, reason, run_id, approved=approved)])

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

    def hint_shards(self, shards: Sequence[ShardHint]) -> int:
        """Ask for a sweep of each shard; the answer is how many SQS took.

        Sends    SendMessageBatch  {"version": 1, "shard", "after"}
        Source   Amazon SQS API 2012-11-05, SendMessageBatch
        """
        bodies = [{"version": VERSION, "shard": each.shard, "after": each.after} for each in shards]
        sent = 0
        for batch in _batches(bodies):
            refused = self._refused(SWEEP, [_numbered(n, body, 0) for n, body in enumerate(batch)])
            sent += len(batch) - len(refused)
        if sent < len(bodies):
            log.warning("shards not sent", extra={"shards": len(bodies) - sent})
        return sent

    def counts(self) -> dict[Integration, int]:
        """DeadLetters: how many messages each integration's dead-letter queue holds, about.

        Sends    GetQueueAttributes  ApproximateNumberOfMessages
        Source   Amazon SQS API 2012-11-05, GetQueueAttributes
        """
        found: dict[Integration, int] = {}
        for each in INTEGRATIONS:
            try:
                answer = self._client.get_queue_attributes(
                    QueueUrl=self._url(f"{queue_name(each)}{DEAD}"), AttributeNames=[WAITING]
                )
            except _sqs_failures():
                log.warning("dead letters not counted", extra={"integration": each})
                continue
            found[each] = int(answer["Attributes"][WAITING])
        return found

    def redrive(self, integration: Integration, most: float = math.inf) -> int:
        """Put the dead letters back on their queue; each is only a hint, so doing it twice is harmless.

        Sends    ReceiveMessage, SendMessageBatch, DeleteMessageBatch, until a receive finds nothing or there
                 were `most`
        Returns  how many were put back
        Raises   Unavailable when SQS cannot be asked
        """
        moved = 0
        try:
            dead = self._url(f"{queue_name(integration)}{DEAD}")
            while moved < most and (batch := self._received(dead)):
                moved += self._put_back(queue_name(integration), dead, batch)
        except _sqs_failures() as error:
            raise Unavailable("SQS does not answer") from error
        return moved

    def postpone(self, integration: Integration, receipt: str, delay: float) -> None:
        """Let a message that was received come back after `delay` seconds, within what SQS allows.

        Sends    ChangeMessageVisibility  {"ReceiptHandle", "VisibilityTimeout"}
        Source   Amazon SQS API 2012-11-05, ChangeMessageVisibility
        """
        seconds = min(max(math.ceil(delay), 0), LONGEST_DELAY)
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url(queue_name(integration)), ReceiptHandle=receipt, VisibilityTimeout=seconds
            )
        except _sqs_failures():
            log.warning("message not postponed", extra={"integration": integration})

    def _sent(self, integration: Integration, batch: Sequence[Hint]) -> int:
        refused = self._refused(queue_name(integration), [_entry(n, hint) for n, hint in enumerate(batch)])
        for number in refused:
            facts = {"tenant_id": batch[number].tenant_id, "run_id": batch[number].run_id}
            log.warning("hint not sent", extra={"integration": integration, **facts})
        return len(batch) - len(refused)

    def _refused(self, queue: str, entries: Sequence[dict[str, object]]) -> list[int]:
        """Send a batch. Returns the numbers of the entries that SQS did not take."""
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url(queue), Entries=entries)
        except _sqs_failures():
            return list(range(len(entries)))
        return [int(failed["Id"]) for failed in answer.get("Failed", [])]

    def _received(self, queue: str) -> list[dict[str, Any]]:
        answer = self._client.receive_message(QueueUrl=queue, MaxNumberOfMessages=BATCH)
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _put_back(self, queue: str, dead: str, batch: Sequence[dict[str, Any]]) -> int:
        """Send first, delete then: a crash in between repeats a message and never loses one."""
        sent = [{"Id": str(n), "MessageBody": each["Body"]} for n, each in enumerate(batch)]
        refused = set(self._refused(queue, sent))
        taken = [
            {"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]}
            for n, each in enumerate(batch)
            if n not in refused
        ]
        if not taken:
            raise Unavailable("SQS does not take the messages")
        self._client.delete_message_batch(QueueUrl=dead, Entries=taken)
        return len(taken)

    @property
    def _client(self) -> Any:
        with self._building:
            if self._built is None:
                self._built = self._client_factory()
            return self._built

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            self._urls[queue] = self._client.get_queue_url(QueueName=queue)["QueueUrl"]
        return self._urls[queue]


def _batches(entries: Iterable[T]) -> Iterable[list[T]]:
    rest = iter(entries)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _entry(number: int, hint: Hint) -> dict[str, object]:
    body = {
        "version": VERSION,
        "tenantId": hint.tenant_id,
        "reason": hint.reason,
        "runId": hint.run_id,
    }
    if hint.approved:
        body["approved"] = hint.approved
    return _numbered(number, body, hint.delay)


def _numbered(number: int, body: dict[str, Any], delay: int) -> dict[str, object]:
    seconds = min(max(delay, 0), LONGEST_DELAY)
    return {"Id": str(number), "MessageBody": json.dumps(body), "DelaySeconds": seconds}


def _sqs_failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as late as boto3 itself)

    return BotoCoreError, ClientError
