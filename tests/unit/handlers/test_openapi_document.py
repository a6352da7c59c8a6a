"""The document says what the routes say: complete, resolvable, and in the words of OpenAPI 3.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from app import app
from chalicelib.handlers import openapi
from chalicelib.handlers.operation import operation_of
from tests.http.described import validator

DOCUMENT = openapi.document()
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = {"get", "post", "put", "patch", "delete"}
PORTALS = ("/operator", "/customer")  # pages, no API


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, described in methods.items():
            yield path, method, described


def operation(name: str) -> dict[str, Any]:
    return next(each for _, _, each in operations() if each["operationId"] == name)


def parameters(name: str) -> dict[str, dict[str, Any]]:
    given = [resolved(each) for each in operation(name)["parameters"]]
    return {each["name"]: each for each in given}


def resolved(described: dict[str, Any]) -> Any:
    found: Any = DOCUMENT
    for step in described["$ref"].removeprefix("#/").split("/") if "$ref" in described else ():
        found = found[step]
    return found if "$ref" in described else described


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def test_every_route_of_the_api_is_described_once():
    routes = {
        (path, method.lower(), route.view_function.__name__)
        for path, methods in app.routes.items()
        for method, route in methods.items()
        if not path.startswith(PORTALS)
    }

    described = [(path, method, each["operationId"]) for path, method, each in operations()]

    assert sorted(described) == sorted(routes)
    assert len({name for _, _, name in described}) == len(described)


def test_the_document_has_the_parts_that_openapi_3_1_asks_for():
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert set(DOCUMENT["info"]) >= {"title", "version"}
    assert all(
        path.startswith("/") and set(methods) <= METHODS for path, methods in DOCUMENT["paths"].items()
    )
    tags = [tag["name"] for tag in DOCUMENT["tags"]]
    assert len(set(tags)) == len(tags)
    assert {tag for _, _, each in operations() for tag in each["tags"]} == set(tags)


@pytest.mark.parametrize(("path", "method", "described"), list(operations()))
def test_an_operation_has_the_parts_that_openapi_3_1_asks_for(path, method, described):
    given = [resolved(each) for each in described["parameters"]]
    variables = [each["name"] for each in given if each["in"] == "path"]

    assert variables == re.findall(r"{(\w+)}", path)
    assert len({(each["name"], each["in"]) for each in given}) == len(given)
    assert all(each["required"] for each in given if each["in"] == "path")
    assert all("schema" in each for each in given)
    assert described["summary"]
    assert described["description"].startswith("For ")
    assert all(resolved(each)["description"] for each in described["responses"].values())
    assert all(re.fullmatch(r"[1-5][0-9][0-9]|default", status) for status in described["responses"])


def test_all_references_lead_somewhere_and_nothing_is_left_over():
    named = {f"#/components/{kind}/{name}" for kind, of in DOCUMENT["components"].items() for name in of}

    assert named - set(references(DOCUMENT)) == {"#/components/securitySchemes/bearer"}
    assert set(references(DOCUMENT)) <= named


def test_schemas_are_named_by_their_class_and_have_no_definitions_of_their_own():
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in SCHEMAS)
    assert "$defs" not in json.dumps(DOCUMENT)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_component_is_a_schema_of_openapi_3_1(name):
    OAS31Validator.check_schema(SCHEMAS[name])


def examples() -> Iterator[Any]:
    for _, _, described in operations():
        parts = [described.get("requestBody", {}), *described["responses"].values()]
        for content in (kind for part in parts for kind in part.get("content", {}).values()):
            if "example" in content:
                yield pytest.param(content, id=described["operationId"])


@pytest.mark.parametrize("content", list(examples()))
def test_an_example_fits_its_schema(content):
    validator(content["schema"]).validate(content["example"])


def test_public_operations_need_no_token_and_never_refuse_one():
    for _, _, described in operations():
        is_public = described["security"] == []
        assert is_public == described["description"].startswith("For everyone, without a token")
        assert is_public == ("401" not in described["responses"])
        assert is_public == ("403" not in described["responses"])


def test_a_versioned_change_takes_if_match_and_a_post_an_idempotency_key():
    assert "If-Match" in parameters("change_tenant")
    assert "If-Match" not in parameters("get_tenant") | parameters("create_tenant") | parameters(
        "suspend_tenant"
    )
    assert "Idempotency-Key" in parameters("create_tenant")
    assert "Idempotency-Key" in parameters("resume_tenant")
    assert "Idempotency-Key" not in parameters("change_tenant") | parameters("list_tenants")


def test_queries_are_written_out_with_their_limits_and_without_null():
    query = parameters("list_tenants")

    assert query["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert query["status"]["schema"]["enum"] == ["pending", "active", "suspended", "terminated"]
    assert query["q"]["schema"] == {"type": "string", "minLength": 1, "maxLength": 100}
    assert not any(each["required"] for each in query.values())
    assert set(parameters("list_users")) >= {"platformAdmin", "active"}


def test_a_command_says_what_it_needs_and_refuses_what_it_does_not_know():
    command = SCHEMAS["CreatePartner"]

    assert command["required"] == ["slug", "name", "domain"]
    assert (
        command["properties"]["marginPct"].items() >= {"type": "number", "minimum": 0, "default": 0}.items()
    )
    assert command["additionalProperties"] is False


def test_a_change_needs_no_field_and_shows_no_default_that_is_never_used():
    change = SCHEMAS["ChangeTenant"]

    assert "required" not in change
    assert not any("default" in field for field in change["properties"].values())


def test_an_answer_always_carries_every_field_null_where_it_has_none():
    answer = SCHEMAS["PartnerAnswer"]

    assert answer["required"] == list(answer["properties"])
    assert answer["properties"]["terminatedAt"]["anyOf"] == [
        {"type": "string", "format": "date-time"},
        {"type": "null"},
    ]
    assert SCHEMAS["Contact"]["required"] == ["name", "email", "phone"]


def test_success_names_its_headers():
    assert set(operation("create_tenant")["responses"]["201"]["headers"]) == {
        "X-Request-Id",
        "ETag",
        "Location",
    }
    assert set(operation("invite_member")["responses"]["201"]["headers"]) == {"X-Request-Id", "ETag"}
    assert "content" not in operation("remove_member")["responses"]["204"]


def test_refusals_are_those_of_the_guard_the_body_the_query_and_the_operations_own():
    codes = {
        status: response.get("x-codes")
        for status, response in operation("change_tenant")["responses"].items()
    }

    assert set(codes) == {
        "200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "503", "default",
    }  # fmt: skip
    assert codes["404"] == ["tenant-not-found"]
    assert {"role-required", "tenant-suspended"} <= set(codes["403"])
    assert codes["409"] == ["domain-taken", "impossible-move", "concurrent-change"]
    assert all(
        set(described["responses"][str(refusal.status)]["x-codes"]) >= {refusal.code}
        for path, method, described in operations()
        for refusal in operation_of(app.routes[path][method.upper()].view_function).refuses
    )


def test_refusals_are_problems_and_a_503_says_when_to_come_back():
    for _, _, described in operations():
        for status, response in described["responses"].items():
            if status[0] in "45d":
                assert list(response["content"]) == ["application/problem+json"]
        assert "Retry-After" in described["responses"]["503"]["headers"]
