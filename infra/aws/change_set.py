"""One change set of CloudFormation, from its request to the end of its execution."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

PAUSE = 1.0  # seconds between two looks
PATIENCE = 1_800.0  # seconds: a first deploy waits for three hosts
NOTHING = ("didn't contain changes", "No updates are to be performed")
NEW = {"REVIEW_IN_PROGRESS", ""}  # a stack that a change set only thought of, or none
DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


class NotDeployed(Exception):
    """Nothing, or nothing new, is deployed; the message says why."""


class ChangeSet:
    """What would change, and then does.

    parameters   those of an existing stack that are not named keep their values
    """

    def __init__(
        self,
        cloudformation: Any,
        stack: str,
        template_url: str,
        parameters: dict[str, str],
        pause: float = PAUSE,
    ) -> None:
        self._api = cloudformation
        self._stack = stack
        self._url = template_url
        self._parameters = parameters
        self._pause = pause
        self._name = f"deploy-{uuid4().hex[:12]}"
        self._is_new = False

    def create(self) -> bool:
        """Is there anything to change? Raises NotDeployed when CloudFormation refuses the template."""
        self._is_new = self._status() in NEW
        known = self._declared()
        own = self._parameters.items()
        given: list[dict[str, object]] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in own
        ]
        kept = [] if self._is_new else known - set(self._parameters)
        given += [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted(kept)]
        self._call(
            "create_change_set",
            ChangeSetName=self._name,
            ChangeSetType="CREATE" if self._is_new else "UPDATE",
            TemplateURL=self._url,
            Parameters=given,
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "project", "Value": "dezky-platform-api"}],
        )
        return self._has_changes()

    def lines(self) -> list[str]:
        """One for each resource: what happens to it, and whether it is made anew."""
        return [f"{kind:<8} {name:<48} {more}".rstrip() for kind, name, more in self._changes()]

    def discard(self) -> None:
        """Leave everything as it was; also the stack that a first change set only announces."""
        self._call("delete_change_set", ChangeSetName=self._name)
        if self._is_new:
            self._call("delete_stack")

    def execute(self) -> None:
        """Raises NotDeployed with the first reason of CloudFormation, which has undone everything then."""
        self._call("execute_change_set", ChangeSetName=self._name)
        ends = time.monotonic() + PATIENCE
        while (status := self._status()).endswith("IN_PROGRESS") and time.monotonic() < ends:
            time.sleep(self._pause)
        if status not in DONE:
            raise NotDeployed(f"{self._stack} is {status}: {self._first_failure()}")

    def outputs(self) -> dict[str, str]:
        (stack,) = self._call("describe_stacks")["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def _has_changes(self) -> bool:
        ends = time.monotonic() + PATIENCE
        while (found := self._described())["Status"].endswith(("PENDING", "IN_PROGRESS")):
            if time.monotonic() > ends:
                raise NotDeployed("CloudFormation does not come to an end with the change set")
            time.sleep(self._pause)
        if found["Status"] == "CREATE_COMPLETE":
            return True
        reason = found.get("StatusReason", "")
        self._call("delete_change_set", ChangeSetName=self._name)
        if any(each in reason for each in NOTHING):
            return False
        raise NotDeployed(reason)

    def _described(self, **more: str) -> Any:
        return self._call("describe_change_set", ChangeSetName=self._name, **more)

    def _changes(self) -> Iterator[tuple[str, str, str]]:
        page = self._described()
        while True:
            for each in page.get("Changes", []):
                change = each["ResourceChange"]
                anew = "made anew" if change.get("Replacement") in {"True", "Conditional"} else ""
                yield change["Action"], change["LogicalResourceId"], f"{change['ResourceType']} {anew}"
            if not page.get("NextToken"):
                return
            page = self._described(NextToken=page["NextToken"])

    def _declared(self) -> set[str]:
        summary = self._call("get_template_summary", TemplateURL=self._url, StackName=None)
        return {each["ParameterKey"] for each in summary["Parameters"]}

    def _status(self) -> str:
        from botocore.exceptions import ClientError  # noqa: PLC0415 (as boto3)

        try:
            (stack,) = self._api.describe_stacks(StackName=self._stack)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return ""
            raise NotDeployed(str(error)) from error
        return str(stack["StackStatus"])

    def _first_failure(self) -> str:
        events = self._call("describe_stack_events")["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("FAILED")]
        if not failed:
            return "no event says why"
        return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}"

    def _call(self, operation: str, **given: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as boto3)

        of_stack = {"StackName": self._stack, **given}
        asked = {name: value for name, value in of_stack.items() if value is not None}
        try:
            return getattr(self._api, operation)(**asked)
        except (ClientError, BotoCoreError) as error:
            raise NotDeployed(str(error)) from error
