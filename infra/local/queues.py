"""The queues that an app listens to, made locally as the template makes them in AWS."""

import json
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice, SQSEventConfig

VISIBILITY = 20  # seconds: short, so that a person sees a retry; a second delivery changes nothing but time
RECEIVES = 5  # then a message goes to the dead letters


@dataclass(frozen=True)
class Queue:
    """One queue and the handler that the app declares for it."""

    name: str
    url: str
    arn: str
    handler: str
    batch_size: int
    concurrency: int | None


def create(sqs: Any, app: Chalice, visibility: int = VISIBILITY) -> list[Queue]:
    """All queues that `app` listens to, each with its dead letters in `<queue>-dead`; safe to repeat."""
    declared = [source for source in app.event_sources if isinstance(source, SQSEventConfig)]
    return [_created(sqs, source, visibility) for source in declared]


def _created(sqs: Any, source: SQSEventConfig, visibility: int) -> Queue:
    name = source.queue or str(source.queue_arn).rpartition(":")[2]
    dead = _arn(sqs, sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"])
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": RECEIVES})
    attributes = {"VisibilityTimeout": str(visibility), "RedrivePolicy": redrive}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return Queue(name, url, _arn(sqs, url), source.name, source.batch_size, source.maximum_concurrency)


def _arn(sqs: Any, url: str) -> str:
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return str(attributes["QueueArn"])
