"""Roles, policies and secrets: nobody may do more than the manifest says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from infra.aws.rules.reading import Deployed, listed, text, variables

WORDS = ("TOKEN", "SECRET", "PASSWORD", "KEY", "URI", "CREDENTIAL")
NAMED = "_SECRET_NAME"
NOT_SECRET = {"AUTHENTIK_ISSUER"}
HEADS = "/audit-heads/*"  # a folder of one bucket
MANY_STARS = "-??????"  # Secrets Manager's own ending of each name


def dep_04_no_right_is_wider_than_a_thing(deployed: Deployed) -> Iterator[str]:
    for name in deployed.of("IAM::Role"):
        for statement in deployed.statements(name):
            for action in listed(statement["Action"]):
                if "*" in action or action == "iam:PassRole":
                    yield f"{name} may {action}"
            for resource in listed(statement["Resource"]):
                if "*" in text(resource).removesuffix(HEADS) or "?" in text(resource).removesuffix(
                    MANY_STARS
                ):
                    yield f"{name} may {statement['Action']} on {text(resource)}"
    for name in deployed.of("IAM::Policy") | deployed.of("IAM::ManagedPolicy"):
        yield f"{name}: rights stand in the role of one function"


def dep_05_each_function_has_a_role_of_its_own(deployed: Deployed) -> Iterator[str]:
    for role, times in Counter(deployed.role_of(each) for each in deployed.functions).items():
        if times > 1:
            yield f"{role} is the role of {times} functions"
    for name in deployed.functions_of("authorizer"):
        rights = {action for each in deployed.statements(deployed.role_of(name)) for action in each["Action"]}
        if rights != {"logs:CreateLogStream", "logs:PutLogEvents"}:
            yield f"the authorizer {name} may do more than write its log: {sorted(rights)}"


def dep_07_no_secret_stands_in_the_template(deployed: Deployed) -> Iterator[str]:
    for function, properties in deployed.functions.items():
        for name in variables(properties):
            if any(word in name for word in WORDS) and not name.endswith(NAMED):
                yield f"{function}: {name} would hold a secret in plain; name it as {name}{NAMED}"
    if "{{resolve:" in json.dumps(deployed.template):
        yield "a secret is resolved at deploy, so it would stand in a variable in plain"


def every_named_secret_may_be_read_and_no_other(deployed: Deployed) -> Iterator[str]:
    for function, properties in deployed.functions.items():
        named = {text(value) for name, value in variables(properties).items() if name.endswith(NAMED)}
        readable = {_secret_in(each) for each in _readable(deployed, function)}
        if named != readable:
            yield f"{function} names {sorted(named)} and may read {sorted(readable)}"


def _readable(deployed: Deployed, function: str) -> list[Any]:
    statements = deployed.statements(deployed.role_of(function))
    return [
        resource
        for each in statements
        if "secretsmanager:GetSecretValue" in each["Action"]
        for resource in listed(each["Resource"])
    ]


def _secret_in(arn: Any) -> str:
    return text(arn).rpartition(":secret:")[2].removesuffix(MANY_STARS)


def dep_08_queues_are_encrypted_and_closed(deployed: Deployed) -> Iterator[str]:
    for name, each in deployed.of("SQS::Queue").items():
        if not (each.get("SqsManagedSseEnabled") or each.get("KmsMasterKeyId")):
            yield f"{name} is not encrypted"
    for name, each in (deployed.of("SQS::QueuePolicy") | deployed.of("SNS::TopicPolicy")).items():
        for statement in each["PolicyDocument"]["Statement"]:
            if "*" in json.dumps([statement["Principal"], statement["Action"]]):
                yield f"{name} lets anyone in"
            if not statement.get("Condition"):
                yield f"{name} lets a service in, whoever it acts for"
