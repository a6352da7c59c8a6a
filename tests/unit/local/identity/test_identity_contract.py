"""Answers and requests against the vendor's own specification, where that file is present."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from infra.local.identity.api import routes
from infra.local.identity.fixtures import AUTHORIZATION_FLOW, INVALIDATION_FLOW, flow_key
from tests.unit.local.identity.stage import App, Provider

NAME = Path("specs") / "authentik.yaml"


def specification() -> Path | None:
    """Beside the checkout, in a folder that not everybody has."""
    found = [
        parent.parent / "shared" / NAME
        for parent in Path(__file__).resolve().parents
        if (parent.parent / "shared" / NAME).is_file()
    ]
    return found[0] if found else None


@pytest.fixture(scope="session")
def spec() -> dict[str, Any]:
    path = specification()
    if path is None:
        pytest.skip("authentik's OpenAPI document (specs/authentik.yaml) is not beside the checkout")
    return dict(meant(yaml.load(path.read_text(), Loader=yaml.CSafeLoader)))


def meant(node: Any) -> Any:
    """The document with `nullable` beside `allOf` as its generator means it: strictly, null never fits."""
    if isinstance(node, list):
        return [meant(item) for item in node]
    if not isinstance(node, dict):
        return node
    read = {key: meant(value) for key, value in node.items()}
    if read.get("nullable") and "allOf" in read:
        return {"anyOf": [*read["allOf"], {"nullable": True, "enum": [None]}]}
    return read


def checker(spec: dict[str, Any], validator: Any, schema: str) -> Any:
    registry = Registry().with_resource("urn:spec", Resource(contents=spec, specification=DRAFT4))
    pointer = {"$ref": f"urn:spec#/components/schemas/{schema}"}
    return validator(pointer, registry=registry)


def complaints(spec: dict[str, Any], validator: Any, schema: str, body: Any) -> list[str]:
    errors: Iterator[Any] = checker(spec, validator, schema).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in errors]


LISTS = {
    "/core/groups/": "PaginatedGroupList",
    "/core/groups/?include_users=false&include_parents=true&include_children=true": "PaginatedGroupList",
    "/core/users/": "PaginatedUserList",
    "/core/users/?include_groups=false": "PaginatedUserList",
    "/core/applications/?superuser_full_list=true": "PaginatedApplicationList",
    "/providers/oauth2/": "PaginatedOAuth2ProviderList",
    "/policies/bindings/": "PaginatedPolicyBindingList",
    "/core/authenticated_sessions/": "PaginatedAuthenticatedSessionList",
    "/flows/instances/": "PaginatedFlowList",
    "/propertymappings/provider/scope/": "PaginatedScopeMappingList",
    "/crypto/certificatekeypairs/": "PaginatedCertificateKeyPairList",
}


@pytest.mark.parametrize("path", LISTS)
def test_lists_have_the_vendor_s_shape(spec: dict[str, Any], portal: App, path: str):
    portal.sign_in("member@acme.test")
    provider = portal.provider
    parent = provider.world.groups.create({"name": "parent", "attributes": {"a": {"b": [1]}}})
    provider.world.groups.create({"name": "child", "parents": [parent["pk"]], "users": [3]})

    answer = provider.api("GET", path).json()

    assert answer["results"]
    assert complaints(spec, OAS30ReadValidator, LISTS[path], answer) == []


WRITES = [
    ("/core/groups/", "Group", {"name": "dezky-t-acme", "attributes": {"dezky_tenant": "acme"}}),
    (
        "/core/users/",
        "User",
        {"username": "ann@acme.test", "name": "Ann", "email": "ann@acme.test", "path": "dezky/acme"},
    ),
    (
        "/providers/oauth2/",
        "OAuth2Provider",
        {
            "name": "mail",
            "authorization_flow": flow_key(AUTHORIZATION_FLOW),
            "invalidation_flow": flow_key(INVALIDATION_FLOW),
            "redirect_uris": [{"matching_mode": "strict", "url": "https://mail.example/callback"}],
            "grant_types": ["authorization_code"],
        },
    ),
    ("/core/applications/", "Application", {"name": "Mail", "slug": "mail"}),
]


@pytest.mark.parametrize(("path", "schema", "body"), WRITES)
def test_what_is_created_and_read_has_the_vendor_s_shape(
    spec: dict[str, Any], provider: Provider, path: str, schema: str, body: dict[str, Any]
):
    created = provider.api("POST", path, json=body).json()
    key = created["slug"] if schema == "Application" else created["pk"]
    read = provider.api("GET", f"{path}{key}/").json()

    assert complaints(spec, OAS30WriteValidator, f"{schema}Request", body) == []
    assert complaints(spec, OAS30ReadValidator, schema, created) == []
    assert complaints(spec, OAS30ReadValidator, schema, read) == []


def test_bindings_links_and_transactions_have_the_vendor_s_shape(spec: dict[str, Any], provider: Provider):
    application = provider.api("GET", "/core/applications/dezky-portal/").json()
    group = provider.api("GET", "/core/groups/").json()["results"][0]
    binding = {"target": application["pk"], "group": group["pk"], "order": 0}
    whole = {
        "app": WRITES[3][2],
        "provider_model": "authentik_providers_oauth2.oauth2provider",
        "provider": WRITES[2][2],
        "policy_bindings": [{"group": group["pk"], "order": 0}],
    }

    answers = {
        "PolicyBinding": provider.api("POST", "/policies/bindings/", json=binding),
        "Link": provider.api("POST", "/core/users/4/recovery/", json={"token_duration": "hours=24"}),
        "TransactionApplicationResponse": provider.api(
            "PUT", "/core/transactional/applications/", json=whole
        ),
        "BulkDeleteSessionResponse": provider.api(
            "DELETE", "/core/authenticated_sessions/bulk_delete/?user_pks=4"
        ),
        "PolicyTestResult": provider.api("GET", "/core/applications/dezky-portal/check_access/?for_user=4"),
    }

    assert complaints(spec, OAS30WriteValidator, "PolicyBindingRequest", binding) == []
    for schema, answer in answers.items():
        assert complaints(spec, OAS30ReadValidator, schema, answer.json()) == [], schema


def test_refusals_have_the_vendor_s_shape(spec: dict[str, Any], provider: Provider):
    duplicate = provider.api("POST", "/core/groups/", json={"name": "dezky-platform-admins"}).json()
    forbidden = provider.api("GET", "/core/groups/", headers={"Authorization": "Bearer x"}).json()

    assert complaints(spec, OAS30ReadValidator, "ValidationError", duplicate) == []
    assert complaints(spec, OAS30ReadValidator, "GenericError", forbidden) == []


def test_every_path_and_method_is_the_vendor_s(spec: dict[str, Any], provider: Provider):
    theirs = {(_shape(path), method.upper()) for path, methods in spec["paths"].items() for method in methods}

    ours = {(_shape(path), method) for path, methods in routes(provider.world).items() for method in methods}
    assert ours - theirs == set()


def _shape(path: str) -> str:
    return "/".join("{}" if step.startswith("{") else step for step in path.split("/"))


def test_the_check_itself_finds_a_missing_field(spec: dict[str, Any], provider: Provider):
    group = provider.api("GET", "/core/groups/").json()["results"][0]
    del group["children"]

    assert complaints(spec, OAS30ReadValidator, "Group", group) != []
