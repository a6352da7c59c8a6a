"""AUT rows over HTTP: where a token is looked for, what it opens, and that nothing else says who calls."""

from __future__ import annotations

import http.client
import json
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.handlers import admission
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.api import OPERATORS


def sent(api, path: str, *headers: tuple[str, str], method: str = "GET") -> tuple[int, str]:
    """Exactly these headers and this path, which other clients would put in order first."""
    connection = http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=20)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION", "Authorization", "aUTHORIZATION"])
def test_aut_03_the_name_of_the_header_has_no_case(api, name):
    assert sent(api, "/me", (name, f"Bearer {api.operator().token}"))[0] == 200


def test_aut_04_two_tokens_are_none(api, commands):
    good = f"Bearer {api.operator().token}"

    with commands.recorded() as asked:
        for headers in (
            [("Authorization", good), ("Authorization", good)],
            [("Authorization", good), ("authorization", "Bearer x")],
            [("Authorization", "Bearer x"), ("Authorization", good)],
            [("Authorization", f"{good}, {good}")],
            [("Authorization", f"{good},{good}")],
        ):
            assert sent(api, "/me", *headers)[0] == 401
    assert asked == []


def test_aut_05_a_token_anywhere_but_in_the_header_is_none(api):
    operator = api.operator()
    token = operator.token

    assert api.get("/me", params={"access_token": token}).status_code == 401
    assert (
        api.get("/me", headers={"Cookie": f"access_token={token}; Authorization=Bearer {token}"}).status_code
        == 401
    )
    assert api.post("/partners", json={"access_token": token}).status_code == 401
    assert api.get("/me", operator, params={"access_token": token}).status_code == 400


ELSEWHERE = [
    "/tenants/acme-evil", "/tenants/acme/../zebra", "/tenants/acme%2f..%2fzebra", "/tenants/zebra",
    "/tenants/acme/%2e%2e/zebra", "/tenants/ACME", "/tenants/acme%00", "/tenants/acme.", "/tenants/*",
    "/tenants/acme;zebra",
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
def test_aut_11_who_may_see_a_tenant_sees_none_whose_address_is_like_it(api, path):
    acme = an_active_tenant()
    others = (an_active_tenant(slug=slug, name="zebra", domains=()) for slug in ("acme-evil", "zebra"))
    for each in (acme, *others):
        Tenants(api.mongo).add(each)
    owner = api.customer(memberships=(a_membership(acme, "owner"),))

    status, body = sent(api, path, ("Authorization", f"Bearer {owner.token}"))

    assert status in {403, 404}
    assert '"name"' not in body


def test_aut_12_a_role_that_is_taken_is_gone_though_the_gateway_remembers_the_token(api):
    acme = an_active_tenant()
    Tenants(api.mongo).add(acme)
    owner = api.customer("owner", memberships=(a_membership(acme, "owner"),))
    admin = api.customer("admin", memberships=(a_membership(acme, "admin"),))
    assert api.patch("/tenants/acme", admin, {"name": "A"}).status_code == 200

    api.patch(f"/tenants/acme/users/{admin.user.id}", owner, {"role": "member"})
    assert api.patch("/tenants/acme", admin, {"name": "B"}).status_code == 403

    api.delete(f"/tenants/acme/users/{admin.user.id}", owner)
    assert api.get("/tenants/acme", admin).status_code == 404


def test_aut_13_a_token_that_expires_while_the_gateway_remembers_it_is_refused(api, monkeypatch):
    operator = api.operator()
    assert api.get("/me", operator).status_code == 200

    monkeypatch.setattr(admission, "time", SimpleNamespace(time=lambda: time.time() + 331))

    assert api.get("/me", operator).json()["code"] == "unauthorized"


@pytest.mark.parametrize("path", ["/me", "/tenants", "/partners", "/health", "/openapi.json"])
def test_aut_18_no_page_of_another_site_is_let_in(api, path):
    """The portals are of the same origin and call from the server: nobody needs CORS."""
    origin = {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}

    for method in ("OPTIONS", "GET"):
        answer = api.call(method, path, api.operator(f"op-{method}"), headers=origin)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert method == "GET" or answer.status_code in {403, 404, 405}


CLAIMS = {"issuer": OPERATORS.trusted.issuer, "subject": "op-1", "audience": "dezky-operator"}
FORGED: dict[str, Any] = {
    "nothing": {},
    "no authorizer": {"authorizer": None},
    "no issuer": {"authorizer": CLAIMS | {"issuer": "", "expiresAt": "4000000000"}},
    "no audience": {"authorizer": CLAIMS | {"audience": "", "expiresAt": "4000000000"}},
    "no time": {"authorizer": CLAIMS},
    "claims as another gateway hands them on": {"authorizer": {"claims": CLAIMS, "principalId": "op-1"}},
}


def past_the_gateway(context: dict[str, Any]) -> tuple[int, Any]:
    """What the function answers to an event that somebody made up."""
    from app import app

    event = {
        "resource": "/partners",
        "path": "/partners",
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {"resourcePath": "/partners", "httpMethod": "GET", "requestId": "r-1", **context},
    }
    answer = app(event, None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("context", FORGED.values(), ids=FORGED)
def test_aut_20_a_function_that_is_called_past_the_gateway_believes_no_half_context(api, commands, context):
    """A whole one it must believe, so who may call it at all is a matter of the deployment: DEP-06."""
    api.operator()

    with commands.recorded() as asked:
        status, body = past_the_gateway(context)

    assert (status, body["code"], asked) == (401, "unauthorized", [])
    assert past_the_gateway({"authorizer": CLAIMS | {"expiresAt": "4000000000"}})[0] == 200
