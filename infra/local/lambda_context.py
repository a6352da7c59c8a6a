"""What Lambda hands to a function beside the event."""

import time
import uuid
from dataclasses import dataclass, field

from infra.local.region import ACCOUNT, REGION


@dataclass(frozen=True)
class LambdaContext:
    """The context object of one invocation.

    Source   AWS Lambda developer guide, "Using the Lambda context object" for Python
    """

    function_name: str
    timeout: float = 60.0  # seconds; a worker that sees too few of them left gives its messages back
    memory_limit_in_mb: int = 256
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    identity: None = None
    client_context: None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return f"local/{self.aws_request_id}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.timeout - (time.monotonic() - self.started)) * 1000))
