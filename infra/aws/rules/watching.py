"""Logs, alarms, hosts and sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.aws.rules.reading import Deployed, referred, variables

FORBIDDEN = (
    "header",
    "authorization",
    "cookie",
    "body",
    "querystring",
    "path}",
    "claims",
    "apikey",
    "$context.path",
)
SAFE_TLS = {"TLS_1_2"}
LIVE_RUNTIMES = {"python3.11", "python3.12", "python3.13", "python3.14"}
PERMISSION = 400  # bytes of a function's policy that one permission takes, at most
MOST = {"Resources": 500, "Parameters": 200, "Outputs": 200}
LARGEST = 1_000_000  # bytes of a template in S3
POLICY = 20_480
ENVIRONMENT = 4_096
ROLE = 10_240
SHORTEST_REASON = 20  # characters


def dep_02_access_is_logged_without_what_callers_send(deployed: Deployed) -> Iterator[str]:
    for name, stage in deployed.of("ApiGateway::Stage").items():
        form = stage.get("AccessLogSetting", {}).get("Format", "")
        if not form:
            yield f"{name} has no access log"
        if any(word in form.lower() for word in FORBIDDEN):
            yield f"{name} logs what callers send: {form}"
        for setting in stage.get("MethodSettings", []):
            if setting.get("DataTraceEnabled") or setting.get("LoggingLevel", "OFF") != "OFF":
                yield f"{name} logs whole requests"


def dep_13_logs_end(deployed: Deployed) -> Iterator[str]:
    groups = deployed.of("Logs::LogGroup")
    for name, group in groups.items():
        if not group.get("RetentionInDays"):
            yield f"{name} is kept for ever"
    for name, function in deployed.functions.items():
        if referred(function.get("LoggingConfig", {}).get("LogGroup")) not in groups:
            yield f"{name} logs into a group that is kept for ever"


def dep_14_runtimes_are_kept_up(deployed: Deployed) -> Iterator[str]:
    for name, function in deployed.functions.items():
        if function["Runtime"] not in LIVE_RUNTIMES:
            yield f"{name} runs on {function['Runtime']}"
        for variable in set(variables(function)) & {"DEBUG", "CHALICE_DEBUG", "PYTHONDEVMODE"}:
            yield f"{name} is deployed with {variable}"


def dep_15_hosts_speak_tls_1_2_and_are_the_only_way_in(deployed: Deployed) -> Iterator[str]:
    for name, host in deployed.of("ApiGateway::DomainName").items():
        if host.get("SecurityPolicy") not in SAFE_TLS:
            yield f"{name} speaks old TLS"
    for name, api in deployed.of("ApiGateway::RestApi").items():
        endpoint = api["Body"].get("x-amazon-apigateway-endpoint-configuration", {})
        if endpoint.get("disableExecuteApiEndpoint") is not True:
            yield f"{name} answers at its default address too"


def dep_17_people_are_told(deployed: Deployed) -> Iterator[str]:
    alarms = deployed.of("CloudWatch::Alarm")
    watched = {(each["MetricName"], _first_dimension(each)) for each in alarms.values()}
    for name, alarm in alarms.items():
        if not alarm.get("AlarmActions") or not alarm.get("AlarmDescription"):
            yield f"{name} tells nobody"
    for queue, each in deployed.of("SQS::Queue").items():
        wanted = (
            "ApproximateAgeOfOldestMessage"
            if each.get("RedrivePolicy")
            else "ApproximateNumberOfMessagesVisible"
        )
        if (wanted, queue) not in watched:
            yield f"nobody is told of {queue}'s {wanted}"
    for function in deployed.functions_of("authorizer", "reconcile", "schedule"):
        if ("Errors", function) not in watched:
            yield f"nobody is told when {function} fails"
    yield from _untold_figures(deployed, {each["MetricName"] for each in alarms.values()})


def _untold_figures(deployed: Deployed, metrics: set[str]) -> Iterator[str]:
    for transformed in deployed.of("Logs::MetricFilter").values():
        name = transformed["MetricTransformations"][0]["MetricName"]
        if name not in metrics:
            yield f"nobody is told of {name}"
    for name in ("ReconcileBreakerOpened", "ReconcileReconcileLag", "ScheduleTrailBroken", "5XXError"):
        if name not in metrics:
            yield f"there is no alarm on {name}"


def _first_dimension(alarm: Any) -> str:
    dimensions = alarm.get("Dimensions") or [{"Value": ""}]
    return referred(dimensions[0]["Value"])


def dep_20_each_waiver_says_why(deployed: Deployed) -> Iterator[str]:
    for name, resource in deployed.resources.items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            if len(skip.get("comment", "")) < SHORTEST_REASON:
                yield f"{name} waives {skip['id']} without a reason"


def sizes_stay_within_what_aws_takes(deployed: Deployed) -> Iterator[str]:
    for part, most in MOST.items():
        if len(deployed.template.get(part, {})) > most:
            yield f"{len(deployed.template[part])} {part.lower()}, more than {most}"
    if len(json.dumps(deployed.template)) > LARGEST:
        yield "the template is larger than 1 MB"
    for name, function in deployed.functions.items():
        permitted = [
            p for p in deployed.of("Lambda::Permission").values() if referred(p["FunctionName"]) == name
        ]
        if len(permitted) * PERMISSION > POLICY:
            yield f"{name} has {len(permitted)} permissions: its policy would be larger than 20 KB"
        if len(json.dumps(variables(function))) > ENVIRONMENT:
            yield f"{name} has more than 4 KB of variables"
        if len(json.dumps(deployed.statements(deployed.role_of(name)))) > ROLE:
            yield f"the role of {name} has more than 10 KB"
