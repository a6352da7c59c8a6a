"""The REST API: its stage, its access log, its three hosts, and who may call which function."""

from __future__ import annotations

import json
from collections.abc import Iterable

from infra.aws.template.gateway_responses import gateway_responses
from infra.aws.template.model import Function, Json

RATE, BURST = 100, 200  # requests a second for each method, and at once
# Nothing that a caller sends but the method: no headers, no query (a sign-in's code is in it), no body.
LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "host": "$context.domainName",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "authorizer": "$context.authorizer.status",
    "failure": "$context.error.responseType",
}
CALL = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"
)
EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestAPI}/%s"


def rest_api(packed: Json, functions: Iterable[Function]) -> Json:
    """`packed`, Chalice's description of the API, with each route led to its own function."""
    by_route = {route: each for each in functions for route in each.serves}
    for path, of_path in packed["paths"].items():  # type: ignore[attr-defined]
        for method, operation in of_path.items():
            integration = operation["x-amazon-apigateway-integration"]
            integration["uri"] = {"Fn::Sub": CALL % by_route[f"{method.upper()} {path}"].id}
    binary = packed.pop("x-amazon-apigateway-binary-media-types")
    packed["x-amazon-apigateway-gateway-responses"] = gateway_responses()
    made: Json = {"Type": "AWS::Serverless::Api", "DependsOn": ["GatewayAccount"]}
    return {**made, "Properties": _properties(packed, binary)}


def _properties(definition: Json, binary: object) -> Json:
    return {
        "Name": {"Ref": "AWS::StackName"},
        "StageName": {"Ref": "Stage"},
        "DefinitionBody": definition,
        "EndpointConfiguration": {"Type": "REGIONAL"},
        "DisableExecuteApiEndpoint": True,  # it would stand open beside the hosts, with its own TLS policy
        "OpenApiVersion": "2.0",  # without it SAM makes a stage called "Stage" as well
        "BinaryMediaTypes": [str(each).replace("/", "~1") for each in binary],  # type: ignore[attr-defined]
        "AccessLogSetting": {
            "DestinationArn": {"Fn::GetAtt": ["AccessLogs", "Arn"]},
            "Format": json.dumps(LOGGED),
        },
        "MethodSettings": [
            {
                "HttpMethod": "*",
                "ResourcePath": "/*",
                "MetricsEnabled": True,
                "LoggingLevel": "OFF",
                "DataTraceEnabled": False,
                "ThrottlingRateLimit": RATE,
                "ThrottlingBurstLimit": BURST,
            }
        ],
    }


def permissions(each: Function) -> Json:
    """That the gateway may call `each`: for the method and path of every route, or all under one path."""
    wanted = dict.fromkeys(_execute_path(each, route) for route in each.serves)
    if each.of.set == "authorizer":
        wanted = {"authorizers/*": None}
    return {
        f"{each.id}Permission{number or ''}": _permission(each.id, path) for number, path in enumerate(wanted)
    }


def _execute_path(each: Function, route: str) -> str:
    """Of an ARN: what a caller fills in, such as {slug}, is a star there."""
    method, path = route.split(" ") if " " in route else ("", route)
    if each.of.under and path.startswith(f"{each.of.under}/"):
        return f"${{Stage}}/{method}{each.of.under}/*"
    parts = ("*" if part.startswith("{") else part for part in path.split("/"))
    return f"${{Stage}}/{method}{'/'.join(parts)}"


def _permission(function: str, path: str) -> Json:
    properties: Json = {
        "FunctionName": {"Ref": function},
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": EXECUTE % path},
    }
    return {"Type": "AWS::Lambda::Permission", "Properties": properties}
