"""Log groups with an end, and the figures that alarms read out of what functions log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from infra.aws.template.model import Function, Json, pascal

FUNCTIONS_KEPT = 30  # days
ACCESS_KEPT = 90
NAMESPACE = "Dezky/${Stage}"


@dataclass(frozen=True)
class Figure:
    """A metric made of log lines.

    pattern   CloudWatch's own language, over our JSON lines
    value     what is counted: "1" for each line, or a member of it
    """

    name: str
    pattern: str
    value: str = "1"


ERRORS = Figure("Errors", '{ $.level = "ERROR" }')
BREAKER_OPENED = Figure("BreakerOpened", '{ $.message = "breaker opened" }')
RECONCILE_LAG = Figure("ReconcileLag", '{ $.message = "reconcile lag" }', "$.lag_seconds")
SECRET_NOT_READ = Figure("SecretNotRead", '{ $.message = "secret not read" }')
TRAIL_BROKEN = Figure("TrailBroken", '{ $.message = "audit trail broken" }')
OF_SET = {"reconcile": (BREAKER_OPENED, RECONCILE_LAG), "schedule": (TRAIL_BROKEN,)}


def log_groups(functions: Iterable[Function]) -> Json:
    """One for each function set: its functions write side by side, each into streams of its own."""
    sets = dict.fromkeys(each.of.set for each in functions)
    groups = {f"{pascal(each)}Logs": _group(f"/dezky/${{Stage}}/{each}", FUNCTIONS_KEPT) for each in sets}
    figures = {
        f"{pascal(each)}{figure.name}": _metric(each, figure) for each in sets for figure in figures_of(each)
    }
    return {**groups, **figures, "AccessLogs": _group("/dezky/${Stage}/access", ACCESS_KEPT)}


def figures_of(function_set: str) -> tuple[Figure, ...]:
    return (ERRORS, SECRET_NOT_READ, *OF_SET.get(function_set, ()))


def metric(function_set: str, figure: Figure) -> Json:
    """Where that figure of that set is found."""
    return {"Namespace": {"Fn::Sub": NAMESPACE}, "MetricName": metric_name(function_set, figure)}


def metric_name(function_set: str, figure: Figure) -> str:
    return f"{pascal(function_set)}{figure.name}"


def _group(name: str, days: int) -> Json:
    properties: Json = {"LogGroupName": {"Fn::Sub": name}, "RetentionInDays": days}
    kept_on = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    return {"Type": "AWS::Logs::LogGroup", **kept_on, "Properties": properties}


def _metric(function_set: str, figure: Figure) -> Json:
    transformation: Json = {
        "MetricNamespace": {"Fn::Sub": NAMESPACE},
        "MetricName": metric_name(function_set, figure),
        "MetricValue": figure.value,
    }
    properties: Json = {
        "LogGroupName": {"Ref": f"{pascal(function_set)}Logs"},
        "FilterPattern": figure.pattern,
        "MetricTransformations": [transformation],
    }
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}
