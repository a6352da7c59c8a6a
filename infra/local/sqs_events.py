"""SQS messages as Lambda hands them to a function, and what the function says about them."""

import base64
from collections.abc import Sequence
from typing import Any

from infra.local.region import REGION

Message = dict[str, Any]


class BatchFailed(Exception):
    """The function's answer means that no message of the batch is done."""


def event_for(messages: Sequence[Message], arn: str) -> dict[str, Any]:
    """The event of one batch.

    Source   AWS Lambda developer guide, "Using Lambda with Amazon SQS", example event
    """
    return {"Records": [_record(message, arn) for message in messages]}


def done(messages: Sequence[Message], returned: object) -> list[Message]:
    """The messages that may be deleted.

    Raises   BatchFailed when `returned` is malformed or names a message that is not in the batch
    Source   AWS Lambda developer guide, "Implementing partial batch responses"
    """
    failed = _failed(returned)
    if failed - {message["MessageId"] for message in messages}:  # an empty identifier is such a stranger, too
        raise BatchFailed("the answer names a message that is not in the batch")
    return [message for message in messages if message["MessageId"] not in failed]


def _failed(returned: Any) -> set[str]:
    if not returned:
        return set()
    try:
        failures = returned.get("batchItemFailures") or []
        return {failure["itemIdentifier"] for failure in failures}
    except (AttributeError, LookupError, TypeError) as error:
        raise BatchFailed("the answer is no partial batch response") from error


def _record(message: Message, arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "BinaryValue" in value:
        return {**content, "binaryValue": base64.b64encode(value["BinaryValue"]).decode("ascii")}
    return {**content, "stringValue": value["StringValue"]}
