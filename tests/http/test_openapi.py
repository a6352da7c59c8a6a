"""The document over HTTP, and that every answer in these tests is held against it."""

from __future__ import annotations

import time

import pytest
import requests

from chalicelib.handlers import openapi
from tests.http.described import Undescribed, described


def an_answer(
    status: int, content: bytes, *, method: str = "GET", path: str = "/health"
) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = content
    answer.headers.update({"Content-Type": "application/json", "X-Request-Id": "r-1"})
    answer.request = requests.Request(method, f"http://api.test{path}").prepare()
    return answer


HEALTHY = b'{"status": "ok", "service": "dezky-platform-api", "version": "0.1.0"}'


def test_everyone_may_read_the_document(api):
    answer = api.get("/openapi.json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == openapi.document()


def test_the_document_may_be_kept_for_minutes(api):
    assert api.get("/openapi.json").headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("PUT", "/tenants"), ("GET", "/tenants/a/b/c")]
)
def test_what_is_not_described_is_not_there(api, method, path):
    answer = api.call(method, path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/me", "/tenants", "/partners", "/users", "/tenants/acme"])
def test_the_gateways_own_refusal_has_the_described_form(api, path):
    answer = api.get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "unauthorized"


def test_a_described_answer_passes():
    answer = an_answer(200, HEALTHY)

    assert described(answer) is answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (an_answer(418, HEALTHY), "not declared"),
        (an_answer(500, HEALTHY), "application/json is not declared"),
        (an_answer(200, HEALTHY.replace(b"}", b', "more": 1}')), "more"),
        (an_answer(200, HEALTHY.replace(b'"ok"', b'"fine"')), "status"),
        (an_answer(200, b"{}"), "required"),
        (an_answer(204, b"{}", method="DELETE", path="/tenants/acme/users/u"), "no body"),
        (an_answer(200, HEALTHY, path="/nowhere"), "not declared"),
        (an_answer(404, b"{}", path="/nowhere"), "application/json is not declared"),
        (an_answer(201, b"{}", method="POST", path="/tenants"), "ETag"),
    ],
)
def test_an_answer_that_is_not_described_fails_its_test(answer, reason):
    with pytest.raises(Undescribed, match=reason):
        described(answer)


def test_a_refusal_with_a_code_of_its_own_has_to_be_declared():
    problem = b'{"type": "t", "title": "t", "status": 409, "detail": "d", "code": "odd", "requestId": "r"}'
    answer = an_answer(409, problem, method="DELETE", path="/tenants/acme")
    answer.headers["Content-Type"] = "application/problem+json"

    with pytest.raises(Undescribed, match="the code odd"):
        described(answer)


def test_holding_an_answer_against_the_document_costs_next_to_nothing():
    answer = an_answer(200, HEALTHY)
    described(answer)  # compiles the validator

    began = time.perf_counter()
    for _ in range(100):
        described(answer)

    assert (time.perf_counter() - began) / 100 < 0.002
