"""The gateway asks the app's authorizer and believes it as API Gateway does."""

import http.client
import json

import pytest
from chalice.app import AuthResponse

from infra.local.gateway import authorization, serve
from infra.local.gateway.authorization import Authorization, Verdict
from infra.local.gateway.events import Call
from infra.local.gateway.messages import Incoming
from infra.local.gateway.refusals import PolicyDenied
from infra.local.gateway.routes import Match

ARN = "arn:aws:execute-api:eu-central-1:123456789012:local/local"


def ask(client, path="/guarded", bearer="Bearer good", method="GET"):
    client.request(method, path, headers={"Authorization": bearer} if bearer is not None else {})
    answer = client.getresponse()
    return answer.status, json.loads(answer.read())


def a_policy(*statements, **more):
    return {"principalId": "p", "policyDocument": {"Statement": list(statements)}, **more}


def allow(resource):
    return {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resource}


def deny(resource):
    return {**allow(resource), "Effect": "Deny"}


def a_call(path="/guarded", bearer="t"):
    incoming = Incoming("GET", path, (("Authorization", bearer),), b"", "127.0.0.1")
    return Call(incoming, Match(path, {}), "id")


def test_the_function_sees_the_context_as_strings(client):
    status, context = ask(client)

    assert status == 200
    assert context == {"verified": "true", "count": "3", "name": "Ö", "principalId": "olivia"}


@pytest.mark.parametrize("bearer", [None, ""])
def test_without_a_token_the_authorizer_is_not_asked(client, asked, bearer):
    status, body = ask(client, bearer=bearer)

    assert (status, body["code"]) == (401, "unauthorized")
    assert asked.tokens == []


def test_an_open_route_does_not_ask(client, asked):
    assert ask(client, "/open", bearer="Bearer bad")[0] == 200
    assert asked.tokens == []


def test_raising_exactly_unauthorized_is_a_401_and_is_not_remembered(client, asked):
    asked.fail_with = Exception("Unauthorized")
    refused, body = ask(client)
    asked.fail_with = None

    accepted, _ = ask(client)

    assert (refused, body["code"], accepted) == (401, "unauthorized", 200)


@pytest.mark.parametrize(
    "failure", [Exception("unauthorized"), RuntimeError("database down"), KeyError("kid")]
)
def test_any_other_failure_is_a_500_that_says_nothing_and_keeps_the_connection(client, asked, failure):
    asked.fail_with = failure
    status, body = ask(client)
    asked.fail_with = None

    assert (status, body["code"]) == (500, "internal-error")
    assert "database" not in json.dumps(body)
    assert ask(client)[0] == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        "text",
        {},
        a_policy(allow("*"), principalId=None),
        a_policy({"Effect": "Perhaps", "Resource": "*"}),
        a_policy(allow([1])),
        a_policy(allow("*"), context={"groups": ["a"]}),
        a_policy(allow("*"), context={"nothing": None}),
    ],
)
def test_an_authorizer_that_answers_nonsense_is_a_500(client, asked, nonsense):
    asked.answer = nonsense

    status, body = ask(client)

    assert (status, body["code"]) == (500, "internal-error")


@pytest.mark.parametrize(
    "answer", [AuthResponse(routes=[], principal_id="p"), a_policy(allow("*"), deny("*"))]
)
def test_a_policy_that_does_not_allow_is_a_403(client, asked, answer):
    asked.answer = answer

    status, body = ask(client)

    assert (status, body["code"]) == (403, "forbidden")


def test_the_verdict_is_remembered_by_token_for_all_routes(client, asked):
    first = ask(client, "/guarded")
    second = ask(client, "/guarded", method="POST")
    third = ask(client, "/names/x")
    other = ask(client, "/guarded", bearer="Bearer other")

    assert [first[0], second[0], third[0], other[0]] == [200, 200, 200, 200]
    assert asked.tokens == ["Bearer good", "Bearer other"]


def test_a_remembered_policy_for_one_route_forbids_the_others(client, asked):
    asked.answer = AuthResponse(routes=["/guarded"], principal_id="p")

    assert ask(client, "/guarded")[0] == 200
    assert ask(client, "/names/x")[0] == 403
    assert len(asked.tokens) == 1


def test_two_authorization_headers_reach_the_authorizer_as_one_joined_value(gateway, asked):
    client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    client.putrequest("GET", "/guarded")
    client.putheader("Authorization", "Bearer a")
    client.putheader("authorization", "Bearer b")
    client.endheaders()
    client.getresponse().read()
    client.close()

    assert asked.tokens == ["Bearer a, Bearer b"]


def test_a_verdict_is_asked_for_again_after_its_time(app, asked):
    now = [1000.0]
    remembering = Authorization(lambda: now[0])
    guard = app.routes["/guarded"]["GET"].authorizer

    for moment in (1000.0, 1059.9, 1060.0):
        now[0] = moment
        remembering.context_for(guard, a_call())

    assert len(asked.tokens) == 2


def test_the_memory_is_bounded_and_forgets_the_oldest(app, asked, monkeypatch):
    monkeypatch.setattr(authorization, "LARGEST_CACHE", 2)
    remembering = Authorization()
    guard = app.routes["/guarded"]["GET"].authorizer

    for token in ("a", "b", "c", "c", "b", "a"):
        remembering.context_for(guard, a_call(bearer=token))

    assert asked.tokens == ["a", "b", "c", "a"]


def test_a_route_under_another_kind_of_authorizer_is_never_open(app):
    app.routes["/guarded"]["GET"].authorizer = object()
    with serve(app) as gateway:
        client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        status, _ = ask(client)
        client.close()

    assert status == 500


@pytest.mark.parametrize(
    ("resource", "arn", "is_allowed"),
    [
        (f"{ARN}/GET/tenants/acme", f"{ARN}/GET/tenants/acme", True),
        (f"{ARN}/GET/tenants/acme", f"{ARN}/GET/tenants/acme-evil", False),
        (f"{ARN}/GET/tenants/*", f"{ARN}/GET/tenants/acme/users", True),
        (f"{ARN}/*/tenants/acm?", f"{ARN}/POST/tenants/acme", True),
        (f"{ARN}/GET/tenants/a.me", f"{ARN}/GET/tenants/acme", False),
        ("*", f"{ARN}/GET/", True),
    ],
)
def test_wildcards_span_as_in_a_policy(resource, arn, is_allowed):
    assert Verdict((allow(resource),), {}).allows(arn) is is_allowed


def test_a_policy_of_several_resources_covers_each(app, asked):
    asked.answer = a_policy(allow([f"{ARN}/GET/guarded", f"{ARN}/GET/open"]))
    guard = app.routes["/guarded"]["GET"].authorizer

    assert Authorization().context_for(guard, a_call()) == {"principalId": "p"}
    with pytest.raises(PolicyDenied):
        Authorization().context_for(guard, a_call(path="/names/x"))
