"""A translated template, as rules read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

INTEGRATION = "x-amazon-apigateway-integration"


class Deployed:
    """CloudFormation after SAM: what will really be made."""

    def __init__(self, template: Any) -> None:
        self.template = template
        self.resources: dict[str, Any] = template["Resources"]

    def of(self, kind: str) -> dict[str, Any]:
        """Properties by name of all resources of that kind, without `AWS::`."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == f"AWS::{kind}"
        }

    @cached_property
    def functions(self) -> dict[str, Any]:
        return self.of("Lambda::Function")

    @cached_property
    def definition(self) -> Any:
        """The one REST API's."""
        (api,) = self.of("ApiGateway::RestApi").values()
        return api["Body"]

    def operations(self) -> Iterator[tuple[str, Any]]:
        """("GET /tenants", operation)"""
        for path, of_path in self.definition["paths"].items():
            for method, operation in of_path.items():
                yield f"{method.upper()} {path}", operation

    def function_of(self, operation: Any) -> str:
        return function_in(operation[INTEGRATION].get("uri"))

    def statements(self, role: str) -> list[Any]:
        policies = self.resources[role]["Properties"].get("Policies", [])
        return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]

    def role_of(self, function: str) -> str:
        return referred(self.functions[function]["Role"])

    def set_of(self, function: str) -> str:
        return str(variables(self.functions[function]).get("FUNCTION_SET", ""))

    def functions_of(self, *sets: str) -> dict[str, Any]:
        return {name: each for name, each in self.functions.items() if self.set_of(name) in sets}


def variables(function: Any) -> dict[str, Any]:
    found: dict[str, Any] = function.get("Environment", {}).get("Variables", {})
    return found


def referred(value: Any) -> str:
    """The resource that a Ref or a GetAtt means."""
    if isinstance(value, dict):
        target = value.get("Ref") or value.get("Fn::GetAtt", [""])
        return str(target if isinstance(target, str) else target[0]).partition(".")[0]
    return ""


def function_in(uri: Any) -> str:
    found = re.search(r"\$\{(\w+)\.Arn\}", json.dumps(uri))
    return found[1] if found else ""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """Of a string or of an Fn::Sub."""
    found = value.get("Fn::Sub", "") if isinstance(value, dict) else value
    return str(found[0] if isinstance(found, list) else found)
