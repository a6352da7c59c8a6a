"""The template, out of what `chalice package` says about the application."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from infra.aws import manifest
from infra.aws.template.alarms import alarms
from infra.aws.template.assign import assigned
from infra.aws.template.dashboard import dashboard
from infra.aws.template.functions import function, role
from infra.aws.template.gateway import permissions, rest_api
from infra.aws.template.heads import audit_bucket
from infra.aws.template.hosts import conditions, hosts, logging_account
from infra.aws.template.logs import log_groups
from infra.aws.template.model import Function, Functions, Json, Parameter, Runtime, pascal
from infra.aws.template.triggers import (
    failed_schedules,
    queue_event,
    queue_name,
    queue_reader_rights,
    queues,
    schedule_event,
    schedule_failures,
    schedule_rights,
)

ABOUT = "The dezky platform API"
API = "APIHandler"  # Chalice's one function for all routes; ours take its place


def template(packed: Any, runtime: Runtime, entries: tuple[Functions, ...]) -> Json:
    """A SAM template. Raises BadManifest when the manifest and the application do not fit.

    packed   Chalice's sam.json, parsed
    """
    found = packed["Resources"]
    definition = deepcopy(found["RestAPI"]["Properties"]["DefinitionBody"])
    triggers = _triggers(found)
    functions = assigned(_routes(definition), {name: each for each, name in triggers.items()}, entries)
    resources: Json = {
        "RestAPI": rest_api(definition, functions),
        **logging_account(),
        **hosts(),
        **audit_bucket(),
    }
    for each in functions:
        resources |= _of_function(each, runtime, _event(found, each))
    listened = _queues_of(found, functions)
    resources |= failed_schedules(_rules(found, functions))
    resources |= {**log_groups(functions), **alarms(functions, listened), **dashboard(functions, listened)}
    return _whole(resources, functions)


def _routes(definition: Any) -> list[str]:
    return [f"{method.upper()} {path}" for path, of in definition["paths"].items() for method in of]


def _triggers(found: Any) -> dict[str, str]:
    """Name in the template -> name in app.py."""
    return {
        name: resource["Properties"]["Handler"].removeprefix("app.")
        for name, resource in found.items()
        if resource["Type"] == "AWS::Serverless::Function" and name != API
    }


def _event(found: Any, each: Function) -> Any:
    """What wakes it, in Chalice's words: (type, properties), or None for routes and the authorizer."""
    events = found.get(each.id, {}).get("Properties", {}).get("Events", {})
    return next(((event["Type"], event["Properties"]) for event in events.values()), None)


def _of_function(each: Function, runtime: Runtime, event: Any) -> Json:
    made: Any = function(each, runtime)
    if event is None:
        return {each.id: made, f"{each.id}Role": role(each), **permissions(each)}
    kind, packed = event
    if kind == "SQS":
        name = queue_name(packed)
        made["Properties"]["Events"] = {"Messages": queue_event(packed, name, each)}
        return {each.id: made, f"{each.id}Role": role(each, queue_reader_rights(name)), **queues(name, each)}
    made["Properties"]["Events"] = {"Clock": schedule_event(packed)}
    made["Properties"]["EventInvokeConfig"] = schedule_failures()
    return {each.id: made, f"{each.id}Role": role(each, schedule_rights())}


def _queues_of(found: Any, functions: list[Function]) -> list[str]:
    events = [_event(found, each) for each in functions]
    return [queue_name(event[1]) for event in events if event and event[0] == "SQS"]


def _rules(found: Any, functions: list[Function]) -> list[str]:
    """As SAM names them."""
    return [f"{each.id}Clock" for each in functions if (_event(found, each) or ("",))[0] == "Schedule"]


def _whole(resources: Json, functions: list[Function]) -> Json:
    variables = {pascal(name): each for name, each in manifest.VARIABLES.items()}
    parameters = {name: _parameter(each) for name, each in (variables | manifest.PARAMETERS).items()}
    outputs: Json = {
        "ApiUrl": {"Value": {"Fn::Sub": "https://${ApiDomain}"}},
        "RestApiId": {"Value": {"Ref": "RestAPI"}},
        "AlarmTopicArn": {"Value": {"Ref": "AlarmTopic"}},
        **{f"{each.id}Name": {"Value": {"Ref": each.id}} for each in functions},
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": ABOUT,
        "Parameters": parameters,
        "Conditions": conditions(),
        "Resources": resources,
        "Outputs": outputs,
    }


def _parameter(each: Parameter) -> Json:
    given: Json = {"Type": "String", "Description": each.about}
    if each.default is not None:
        given["Default"] = each.default
    if each.pattern:
        given["AllowedPattern"] = each.pattern
    return given
