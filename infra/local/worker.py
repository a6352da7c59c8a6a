"""What stands between SQS and Lambda: takes batches, calls the app's own handler, deletes what is done.

Everything else is left to the queue: what is not deleted comes back after its visibility ends, and goes to
the dead letters when it came too often.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Chalice

from infra.local.lambda_context import LambdaContext
from infra.local.queues import Queue
from infra.local.sqs_events import BatchFailed, Message, done, event_for

log = logging.getLogger("worker")
LARGEST_BATCH = 10  # what one receive can hand out
THREADS = 3  # per queue
WAIT = 1  # seconds of one long poll; bounds how long a stop takes
PAUSE = 1.0  # seconds after a receive that failed


class Worker:
    """Serves all queues of an app, each with a few threads of its own."""

    def __init__(self, app: Chalice, sqs: Any, queues: Sequence[Queue]) -> None:
        self._stopping = threading.Event()
        self._lanes = [lane for queue in queues for lane in _lanes(app, sqs, queue, self._stopping)]

    def start(self) -> None:
        for lane in self._lanes:
            threading.Thread(target=lane.run, name=f"worker-{lane.queue.name}", daemon=True).start()

    def stop(self, patience: float = 2.0) -> None:
        """Serve no more batches, and give those under way `patience` seconds; safe to repeat.

        Threads that wait for messages are not waited for: they end with their poll, or with the process.
        """
        self._stopping.set()
        ends = time.monotonic() + patience
        for lane in self._lanes:
            lane.wait_until_idle(max(0.0, ends - time.monotonic()))


def _lanes(app: Chalice, sqs: Any, queue: Queue, stopping: threading.Event) -> "list[_Lane]":
    receiving = threading.Lock()
    count = min(queue.concurrency or THREADS, THREADS)
    return [_Lane(app.handler_map[queue.handler], sqs, queue, (receiving, stopping)) for _ in range(count)]


class _Lane:
    """One thread of one queue. The lanes of a queue take turns at receiving and handle side by side."""

    def __init__(
        self, handler: Any, sqs: Any, queue: Queue, signals: tuple[threading.Lock, threading.Event]
    ) -> None:
        self.queue = queue
        self._handler, self._sqs = handler, sqs
        self._receiving, self._stopping = signals
        self._serving = threading.Lock()

    def run(self) -> None:
        while not self._stopping.is_set():
            with self._receiving:
                messages = self._received()
            with self._serving:
                if messages and not self._stopping.is_set():
                    self._serve(messages)

    def wait_until_idle(self, seconds: float) -> None:
        if self._serving.acquire(timeout=seconds):
            self._serving.release()

    def _received(self) -> list[Message]:
        if self._stopping.is_set():
            return []
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self.queue.url,
                MaxNumberOfMessages=min(self.queue.batch_size, LARGEST_BATCH),
                WaitTimeSeconds=WAIT,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError) as error:
            self._complain("cannot receive", error)
            self._stopping.wait(PAUSE)
            return []
        messages: list[Message] = answer.get("Messages", [])
        return messages

    def _serve(self, messages: Sequence[Message]) -> None:
        try:
            finished = done(messages, self._handler(event_for(messages, self.queue.arn), self._context()))
        except BatchFailed as error:
            self._complain("batch failed", error)
            return
        except Exception:
            # Whatever a handler raises fails its batch, as in Lambda; the lane goes on.
            log.exception("%s raised on %d messages", self.queue.handler, len(messages))
            return
        self._delete(finished)

    def _delete(self, finished: Sequence[Message]) -> None:
        if not finished:
            return
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(finished)
        ]
        try:
            self._sqs.delete_message_batch(QueueUrl=self.queue.url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            self._complain("cannot delete", error)  # the messages come back, and handlers bear that

    def _context(self) -> LambdaContext:
        return LambdaContext(self.queue.handler)

    def _complain(self, what: str, error: Exception) -> None:
        if not self._stopping.is_set():
            log.warning("%s: %s: %s", self.queue.name, what, error)
