"""Does an answer fit the document that the API publishes about itself?"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import Any

import requests
from jsonschema import FormatChecker
from openapi_schema_validator import OAS31Validator

from chalicelib.handlers import openapi

PROBLEM = "application/problem+json"
NOT_EVEN_HTTP = ("411", "431")  # no length, headers too large: never gets as far as an operation
NOWHERE = ("400", "404", "413", *NOT_EVEN_HTTP)

formats = FormatChecker(formats=())


class Undescribed(AssertionError):
    """An answer that the document does not foresee."""


def described(answer: requests.Response) -> requests.Response:
    """The same answer. Raises Undescribed unless its operation declares exactly this."""
    path, _, _ = str(answer.request.path_url).partition("?")
    try:
        _check(answer, _responses(str(answer.request.method), path))
    except Undescribed as reason:
        raise Undescribed(f"{answer.request.method} {path} -> {answer.status_code}: {reason}") from None
    return answer


def strict(schema: Any) -> Any:
    """The same schema, refusing fields it does not name: the document leaves that open for later versions."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = (
        {}
        if schema.get("type") != "object" or "properties" not in schema
        else {"additionalProperties": False}
    )
    return closed | {name: strict(each) for name, each in schema.items()}


def validator(schema: dict[str, Any]) -> OAS31Validator:
    """For a schema of the document, which may refer to its components."""
    return _validator(json.dumps(schema))


def _check(answer: requests.Response, responses: dict[str, Any]) -> None:
    declared = responses.get(str(answer.status_code))
    if answer.status_code >= 500 and declared is None:
        declared = responses.get("default")  # our own failures have a form, too
    if declared is None:
        raise Undescribed("this status is not declared")
    if missing := [name for name in _required_headers(declared) if name not in answer.headers]:
        raise Undescribed(f"without {missing}")
    if "content" in declared:
        _check_content(answer, declared)
    elif answer.content:
        raise Undescribed("no body is declared")


def _check_content(answer: requests.Response, declared: dict[str, Any]) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind not in declared["content"]:
        raise Undescribed(f"{kind} is not declared")
    if not kind.endswith(("/json", "+json")) or answer.request.method == "HEAD":
        return
    content = answer.json()
    for error in validator(declared["content"][kind]["schema"]).iter_errors(content):
        raise Undescribed(f"{error.json_path}: {error.message}")
    if kind == PROBLEM:
        _check_problem(content, answer.status_code, declared)


def _check_problem(problem: dict[str, Any], status: int, declared: dict[str, Any]) -> None:
    if problem["status"] != status:
        raise Undescribed(f"its body says {problem['status']}")
    if problem["code"] not in declared.get("x-codes", [problem["code"]]):
        raise Undescribed(f"the code {problem['code']} is not declared")


def _responses(method: str, path: str) -> dict[str, Any]:
    """Of the operation at this address; elsewhere only what the gateway refuses by itself."""
    document = openapi.document()
    for address, template in _addresses():
        if address.fullmatch(path) and method.lower() in document["paths"][template]:
            responses: dict[str, Any] = document["paths"][template][method.lower()]["responses"]
            return dict.fromkeys(NOT_EVEN_HTTP, responses["default"]) | responses
    content = {"content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return dict.fromkeys(NOWHERE, content)


def _required_headers(declared: dict[str, Any]) -> list[str]:
    known = openapi.document()["components"]["headers"]
    return [name for name in declared.get("headers", ()) if known[name].get("required")]


@cache
def _addresses() -> list[tuple[re.Pattern[str], str]]:
    """Literal segments first, as the gateway prefers them."""
    templates = sorted(openapi.document()["paths"], key=lambda template: template.count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", template) + "/?"), template) for template in templates]


@cache
def _components() -> dict[str, Any]:
    components: dict[str, Any] = strict({"schemas": openapi.document()["components"]["schemas"]})
    return components


@cache
def _validator(schema: str) -> OAS31Validator:
    return OAS31Validator(json.loads(schema) | {"components": _components()}, format_checker=formats)


@formats.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None
