"""Where MiniStack is not AWS, and a laptop has neither domains nor certificates: all that is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

RESPONSES = "x-amazon-apigateway-gateway-responses"
IN_BATCHES = {"sqs:SendMessage", "sqs:DeleteMessage"}
Change = Callable[[Any], None]


def prepared(built: Path, to: Path, front: str, *changes: Change) -> Path:
    """`built` for MiniStack: the very same zip, and the template with four changes.

    front     the address at which all three hosts answer here
    changes   what a test wants to be different on top
    """
    template = json.loads((built / "cloudformation.json").read_text())
    slashes_in_media_types(template)
    gateway_responses_as_resources(template)
    http_on_loopback(template, front)
    batches_by_their_own_name(template)
    for change in changes:
        change(template)
    to.mkdir(parents=True, exist_ok=True)
    (to / "cloudformation.json").write_text(json.dumps(template))
    (to / "deployment.zip").unlink(missing_ok=True)
    (to / "deployment.zip").symlink_to(built.absolute() / "deployment.zip")
    return to


def slashes_in_media_types(template: Any) -> None:
    """MiniStack does not undo CloudFormation's ~1."""
    properties = template["Resources"]["RestAPI"]["Properties"]
    properties["BinaryMediaTypes"] = [each.replace("~1", "/") for each in properties["BinaryMediaTypes"]]


def gateway_responses_as_resources(template: Any) -> None:
    """MiniStack overlooks the extension of the API's description."""
    responses = template["Resources"]["RestAPI"]["Properties"]["Body"][RESPONSES]
    for name, response in deepcopy(responses).items():
        properties = {
            "RestApiId": {"Ref": "RestAPI"},
            "ResponseType": name,
            "ResponseTemplates": response["responseTemplates"],
            "ResponseParameters": response["responseParameters"],
        }
        if "statusCode" in response:
            properties["StatusCode"] = response["statusCode"]
        resource = {"Type": "AWS::ApiGateway::GatewayResponse", "Properties": properties}
        template["Resources"][f"Response{name.title().replace('_', '')}"] = resource


def http_on_loopback(template: Any, front: str) -> None:
    """The hosts have no TLS here, and so the application has to believe that it is on a laptop."""
    for parameter in template["Parameters"].values():
        parameter.pop("AllowedPattern", None)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            variables = resource["Properties"]["Environment"]["Variables"]
            at_hosts = {name: front for name, value in variables.items() if "https://" in str(value)}
            variables |= at_hosts | ({"STAGE": "local"} if "STAGE" in variables else {})


def batches_by_their_own_name(template: Any) -> None:
    """AWS has one right for SendMessage and SendMessageBatch; MiniStack asks for the call's own name."""
    for resource in template["Resources"].values():
        for policy in resource.get("Properties", {}).get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                statement["Action"] = actions + [f"{each}Batch" for each in actions if each in IN_BATCHES]
