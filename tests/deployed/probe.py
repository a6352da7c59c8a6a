"""A function that tries what it is told under the role of another one: only the role decides."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

from tests.deployed.platform import Platform

CODE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["operation"])(**event["given"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"
"""


class Probe:
    """Calls of AWS under the role of the function `name`."""

    def __init__(self, platform: Platform, name: str) -> None:
        self._lambda = platform.aws("lambda")
        self._queues = platform.aws("sqs")
        self._name = f"probe-{name}"
        self._lambda.create_function(
            FunctionName=self._name,
            Runtime=platform.function(name)["Runtime"],
            Role=platform.function(name)["Role"],
            Handler="probe.handler",
            Timeout=30,
            Code={"ZipFile": _zipped()},
        )

    def reads(self, secret: str) -> str:
        """ "ok", or the code of the refusal."""
        return self._tries("secretsmanager", "get_secret_value", SecretId=secret)

    def sends(self, queue: str) -> str:
        return self._tries("sqs", "send_message", QueueUrl=self._url(queue), MessageBody="{}")

    def takes(self, queue: str) -> str:
        return self._tries("sqs", "receive_message", QueueUrl=self._url(queue), WaitTimeSeconds=0)

    def lists(self, service: str, operation: str) -> str:
        return self._tries(service, operation)

    def _url(self, queue: str) -> str:
        return str(self._queues.get_queue_url(QueueName=queue)["QueueUrl"])

    def _tries(self, service: str, operation: str, **given: Any) -> str:
        event = {"service": service, "operation": operation, "given": given}
        answer = self._lambda.invoke(FunctionName=self._name, Payload=json.dumps(event).encode())
        return str(json.loads(answer["Payload"].read()))


def _zipped() -> bytes:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as opened:
        opened.writestr(zipfile.ZipInfo("probe.py", time.gmtime()[:6]), CODE)
    return zipped.getvalue()
