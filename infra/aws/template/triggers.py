"""What wakes functions besides HTTP: queues with their dead letters, and the clock."""

from __future__ import annotations

from infra.aws.manifest import DEAD, FAILED_SCHEDULES, RECEIVES
from infra.aws.template.functions import queue_arn
from infra.aws.template.model import BadManifest, Function, Json, pascal
from infra.aws.template.statements import allow

DAY = 86_400  # seconds
KEPT = 4 * DAY  # by a queue
KEPT_DEAD = 14 * DAY  # by a dead-letter queue: the most that SQS can, for people have to look
VISIBILITY = 6  # times the function's timeout, as Lambda's guide asks
FROM_A_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
POSTPONE = ("sqs:GetQueueUrl", "sqs:ChangeMessageVisibility")
RETRIES = 2  # of a scheduled run that failed
OLDEST = 900  # seconds after which a scheduled run is not worth repeating: the next one is due


def queue_name(event: Json) -> str:
    """The queue that an event source of Chalice's listens to; it names it inside of an ARN."""
    return str(event["Queue"]).rpartition(":")[2].rstrip("'}\"")


def queue_event(packed: Json, name: str, each: Function) -> Json:
    """Without the response type Lambda would delete messages that were given back (aws/chalice#2029)."""
    if each.of.concurrency is None:
        raise BadManifest(f"{each.serves[0]} works off a queue: say its concurrency")
    properties: Json = {
        "Queue": queue_arn(name),
        "BatchSize": packed["BatchSize"],
        "MaximumBatchingWindowInSeconds": 0,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": each.of.concurrency},
    }
    return {"Type": "SQS", "Properties": properties}


def queue_reader_rights(name: str) -> list[Json]:
    return [allow(FROM_A_QUEUE + POSTPONE, [queue_arn(name)])]


def queues(name: str, each: Function) -> Json:
    """The queue that `each` works off, and the one behind it. The application looks both up by name."""
    dead = f"{name}{DEAD}"
    redrive = {"deadLetterTargetArn": queue_arn(dead), "maxReceiveCount": RECEIVES}
    source = f"arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}"
    allowed = {"redrivePermission": "byQueue", "sourceQueueArns": [{"Fn::Sub": source}]}
    return {
        **queue(name, KEPT, VisibilityTimeout=VISIBILITY * each.of.timeout, RedrivePolicy=redrive),
        **queue(dead, KEPT_DEAD, RedriveAllowPolicy=allowed),
    }


def queue(name: str, kept: int, **more: object) -> Json:
    """Kept when the stack is deleted: it may hold work that was accepted."""
    properties: Json = {
        "QueueName": name,
        "MessageRetentionPeriod": kept,
        "SqsManagedSseEnabled": True,
        **more,
    }
    kept_on = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    return {f"{pascal(name)}Queue": {"Type": "AWS::SQS::Queue", **kept_on, "Properties": properties}}


def schedule_event(packed: Json) -> Json:
    """A run that EventBridge could not start goes to the same queue as one that failed."""
    properties: Json = {
        "Schedule": packed["Schedule"],
        "RetryPolicy": {"MaximumRetryAttempts": RETRIES, "MaximumEventAgeInSeconds": OLDEST},
        "DeadLetterConfig": {"Arn": queue_arn(FAILED_SCHEDULES)},
    }
    return {"Type": "Schedule", "Properties": properties}


def schedule_failures() -> Json:
    """How often Lambda repeats a run that failed, and where it says so in the end."""
    failed = {"Type": "SQS", "Destination": queue_arn(FAILED_SCHEDULES)}
    return {
        "MaximumRetryAttempts": RETRIES,
        "MaximumEventAgeInSeconds": OLDEST,
        "DestinationConfig": {"OnFailure": failed},
    }


def schedule_rights() -> list[Json]:
    return [allow(("sqs:SendMessage",), [queue_arn(FAILED_SCHEDULES)])]


def failed_schedules(rules: list[str]) -> Json:
    """The queue, and that the rules of the clock, and nothing else of EventBridge, may send to it."""
    statement = allow(("sqs:SendMessage",), [queue_arn(FAILED_SCHEDULES)])
    statement |= {
        "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": [{"Fn::GetAtt": [each, "Arn"]} for each in rules]}},
    }
    policy: Json = {
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "Queues": [{"Ref": f"{pascal(FAILED_SCHEDULES)}Queue"}],
    }
    return {
        **queue(FAILED_SCHEDULES, KEPT_DEAD),
        f"{pascal(FAILED_SCHEDULES)}QueuePolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy},
    }
