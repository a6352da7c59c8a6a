"""One page of pictures: what callers feel on top, what workers do below."""

from __future__ import annotations

import json

from infra.aws.manifest import DEAD
from infra.aws.template.logs import BREAKER_OPENED, NAMESPACE, RECONCILE_LAG, Figure, metric_name
from infra.aws.template.model import Function, Json

WIDE, HIGH = 12, 6  # of the 24 columns; rows
Series = list[object]


def dashboard(functions: list[Function], queues: list[str]) -> Json:
    pictures = [
        _picture("Requests", "Sum", [_api("Count"), _api("4XXError"), _api("5XXError")]),
        _picture("Milliseconds until the answer", "p95", [_api("Latency"), _api("IntegrationLatency")]),
        _picture(
            "Oldest message, seconds",
            "Maximum",
            [_queue("ApproximateAgeOfOldestMessage", each) for each in queues],
        ),
        _picture(
            "Dead letters",
            "Maximum",
            [_queue("ApproximateNumberOfMessagesVisible", f"{each}{DEAD}") for each in queues],
        ),
        _picture(
            "Workers at work",
            "Maximum",
            [_function("ConcurrentExecutions", each) for each in _workers(functions)],
        ),
        _picture("Failed runs", "Sum", [_function("Errors", each) for each in _workers(functions)]),
        _picture("Overdue tenants, seconds", "Maximum", [_own(RECONCILE_LAG)]),
        _picture("Breakers opened", "Sum", [_own(BREAKER_OPENED)]),
    ]
    widgets = [
        {**picture, "x": number % 2 * WIDE, "y": number // 2 * HIGH}
        for number, picture in enumerate(pictures)
    ]
    body = {"Fn::Sub": json.dumps({"widgets": widgets})}
    properties: Json = {"DashboardName": {"Fn::Sub": "dezky-${Stage}"}, "DashboardBody": body}
    return {"Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}}


def _workers(functions: list[Function]) -> list[Function]:
    return [each for each in functions if each.of.set in {"authorizer", "reconcile", "schedule"}]


def _picture(title: str, statistic: str, series: list[Series]) -> Json:
    properties: Json = {
        "title": title,
        "metrics": series,
        "stat": statistic,
        "period": 300,
        "region": "${AWS::Region}",
        "view": "timeSeries",
    }
    return {"type": "metric", "width": WIDE, "height": HIGH, "properties": properties}


def _api(metric: str) -> Series:
    return ["AWS/ApiGateway", metric, "ApiName", "${AWS::StackName}", "Stage", "${Stage}"]


def _queue(metric: str, queue: str) -> Series:
    return ["AWS/SQS", metric, "QueueName", queue]


def _function(metric: str, each: Function) -> Series:
    return ["AWS/Lambda", metric, "FunctionName", f"${{{each.id}}}"]


def _own(figure: Figure) -> Series:
    return [NAMESPACE, metric_name("reconcile", figure)]
