"""The functions, each with its own role: what the manifest says it needs, and the right to write its log."""

from __future__ import annotations

from collections.abc import Iterable

from infra.aws.template.heads import head_rights
from infra.aws.template.model import Function, Functions, Json, Needs, Runtime, pascal
from infra.aws.template.statements import allow

ROUTES_HANDLER = "app.app"  # Chalice finds the route by itself, whichever function is asked
SEND = ("sqs:SendMessage",)
COUNT = ("sqs:GetQueueAttributes",)
TAKE = ("sqs:ReceiveMessage", "sqs:DeleteMessage")
SECRETS = "dezky/${Stage}/"
ASSUMED_BY_LAMBDA: Json = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def function(each: Function, runtime: Runtime) -> Json:
    """Events and what else only some functions have are added by others."""
    properties: Json = {
        "Description": described(each),
        "Runtime": f"python{runtime.python}",
        "Architectures": [runtime.architecture],
        "Handler": each.handler,
        "CodeUri": {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}},
        "MemorySize": each.of.memory,
        "Timeout": each.of.timeout,
        "Role": {"Fn::GetAtt": [f"{each.id}Role", "Arn"]},
        "Environment": {"Variables": variables(each.of)},
        "LoggingConfig": {"LogGroup": {"Ref": each.log_group}},
        "Tags": {"function-set": each.of.set},
    }
    if each.of.reserved:
        properties["ReservedConcurrentExecutions"] = each.of.reserved
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": properties,
        "Metadata": {"serves": list(each.serves)},
    }


def described(each: Function) -> str:
    """What the console shows: the route, for one that serves one only."""
    return each.serves[0] if len(each.serves) == 1 else f"{each.of.set}: {len(each.serves)} routes"


def variables(entry: Functions) -> Json:
    plain: Json = {name: given(name) for name in entry.needs.variables}
    secrets: Json = {
        f"{name}_SECRET_NAME": {"Fn::Sub": secret_id(entry, name)} for name in entry.needs.secrets
    }
    return {"FUNCTION_SET": entry.set, **plain, **secrets}


def given(variable: str) -> Json:
    """The value of a variable: a parameter or a resource of that name, or the address of one of the hosts."""
    return {"Fn::Sub": URLS[variable]} if variable in URLS else {"Ref": pascal(variable)}


URLS = {
    "PLATFORM_API_INTERNAL_URL": "https://${ApiDomain}",
    "OPERATOR_PUBLIC_URL": "https://${OperatorDomain}",
    "CUSTOMER_PUBLIC_URL": "https://${CustomerDomain}",
}


def secret_id(entry: Functions, variable: str) -> str:
    """dezky/prod/mongodb-uri; in a folder of its own what no other set may read."""
    folder = f"{entry.folder}/" if entry.folder else ""
    return SECRETS + folder + variable.lower().replace("_", "-")


def role(each: Function, more: Iterable[Json] = ()) -> Json:
    """Of one function only, so that a new right of one never is a right of another."""
    statements = [log_right(each.log_group), *rights(each.of), *more]
    policy = {
        "PolicyName": "own",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    }
    properties: Json = {"AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA, "Policies": [policy]}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def log_right(group: str) -> Json:
    return allow(("logs:CreateLogStream", "logs:PutLogEvents"), [{"Fn::GetAtt": [group, "Arn"]}])


def rights(entry: Functions) -> list[Json]:
    return [*_secret_rights(entry), *_queue_rights(entry.needs), *head_rights(entry.needs)]


def _secret_rights(entry: Functions) -> list[Json]:
    arns = [secret_arn(secret_id(entry, each)) for each in entry.needs.secrets]
    return [allow(("secretsmanager:GetSecretValue",), arns)] if arns else []


def secret_arn(name: str) -> Json:
    """Secrets Manager puts a hyphen and six characters behind each name."""
    here = "${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
    return {"Fn::Sub": f"arn:{here}:secret:{name}-??????"}


def _queue_rights(needs: Needs) -> list[Json]:
    of = {SEND: needs.sends, COUNT: needs.counts, TAKE: needs.takes}
    return [
        allow(("sqs:GetQueueUrl", *rights), list(map(queue_arn, queues)))
        for rights, queues in of.items()
        if queues
    ]


def queue_arn(name: str) -> Json:
    return {"Fn::GetAtt": [f"{pascal(name)}Queue", "Arn"]}
