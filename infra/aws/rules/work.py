"""Queues, their workers and the clock: no accepted work is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.aws.manifest import WORKERS
from infra.aws.rules.reading import Deployed, referred

RECEIVES = 5
VISIBILITY = 6  # times the function's timeout
USUAL_RETENTION = 345_600  # seconds
MOST_REQUESTS = {"reconcile-stalwart": 4}  # that a vendor takes from one account at a time


def _sources(deployed: Deployed) -> Iterator[tuple[str, Any, Any, Any]]:
    """(name, mapping, queue, function) of each event source."""
    for name, mapping in deployed.of("Lambda::EventSourceMapping").items():
        queue = deployed.resources[referred(mapping["EventSourceArn"])]["Properties"]
        yield name, mapping, queue, deployed.functions[referred(mapping["FunctionName"])]


def dep_09_given_up_work_is_kept_longer_than_waiting_work(deployed: Deployed) -> Iterator[str]:
    for name, _, queue, _ in _sources(deployed):
        redrive = queue.get("RedrivePolicy")
        if not redrive:
            yield f"{name}: {queue['QueueName']} has no dead letters"
            continue
        dead = deployed.resources[referred(redrive["deadLetterTargetArn"])]["Properties"]
        if redrive["maxReceiveCount"] < RECEIVES:
            yield f"{queue['QueueName']} gives up after {redrive['maxReceiveCount']} tries"
        if _kept(dead) <= _kept(queue):
            yield f"{dead['QueueName']} keeps no longer than {queue['QueueName']}"


def _kept(queue: Any) -> int:
    return int(queue.get("MessageRetentionPeriod", USUAL_RETENTION))


def dep_10_no_message_comes_back_while_it_is_worked_off(deployed: Deployed) -> Iterator[str]:
    for _, mapping, queue, function in _sources(deployed):
        least = VISIBILITY * function["Timeout"] + mapping.get("MaximumBatchingWindowInSeconds", 0)
        hidden = queue.get("VisibilityTimeout", 30)
        if hidden < least:
            yield f"{queue['QueueName']} hides a message for {hidden} s, not {least} s"


def dep_11_only_finished_messages_are_deleted(deployed: Deployed) -> Iterator[str]:
    for name, mapping, _, _ in _sources(deployed):
        if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
            yield f"{name} deletes messages that the function gives back"


def dep_12_workers_are_no_more_than_vendors_take(deployed: Deployed) -> Iterator[str]:
    for name, mapping, queue, _ in _sources(deployed):
        most = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if most is None:
            yield f"{name} has no bound"
        elif most > MOST_REQUESTS.get(queue["QueueName"], max(WORKERS.values())):
            yield f"{name} works {most} batches at a time, more than the vendor takes"


def a_worker_may_read_its_queue(deployed: Deployed) -> Iterator[str]:
    """Else the mapping is made, and polls in vain."""
    for name, mapping, _, _ in _sources(deployed):
        statements = deployed.statements(deployed.role_of(referred(mapping["FunctionName"])))
        readable = [referred(arn) for each in statements if _reads(each) for arn in each["Resource"]]
        if readable != [referred(mapping["EventSourceArn"])]:
            yield f"{name}: its function may read {readable}"


def _reads(statement: Any) -> bool:
    return {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} <= set(statement["Action"])


def dep_19_a_failed_schedule_is_repeated_and_told(deployed: Deployed) -> Iterator[str]:
    told = {
        referred(each["FunctionName"])
        for each in deployed.of("Lambda::EventInvokeConfig").values()
        if "MaximumRetryAttempts" in each and each.get("DestinationConfig", {}).get("OnFailure")
    }
    for name, rule in deployed.of("Events::Rule").items():
        for target in rule["Targets"]:
            if not (target.get("RetryPolicy") and target.get("DeadLetterConfig")):
                yield f"{name} has no retry limit, or no dead letters"
            if referred(target["Arn"]) not in told:
                yield f"{referred(target['Arn'])} fails in silence"
