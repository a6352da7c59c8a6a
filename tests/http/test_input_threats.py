"""INP rows that have no body to be wrong in: searches, addresses, times, preconditions and headers."""

from __future__ import annotations

import time

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import an_active_tenant


@pytest.fixture
def operator(api):
    Tenants(api.mongo).add(an_active_tenant())
    return api.operator()


PATTERNS = [".*", "^", "(a+)+$", "a{1000}", "[", "\\", "(?i)acme", "a|acme", "*", "$ne", "%"]


@pytest.mark.parametrize("words", PATTERNS)
@pytest.mark.parametrize("path", ["/tenants", "/users", "/partners", "/tenants/acme/users", "/tickets"])
def test_inp_04_a_search_is_words_and_never_a_pattern(api, operator, path, words):
    began = time.perf_counter()
    answer = api.get(path, operator, params={"q": words})

    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert time.perf_counter() - began < 2  # a pattern that explodes takes minutes


def test_inp_04_a_search_has_an_end(api, operator):
    assert api.get("/tenants", operator, params={"q": "a" * 5_000}).status_code == 422


def test_inp_15_no_operation_takes_an_address_to_fetch(api):
    """What is fetched stands in the settings; a domain is only ever asked of the resolver."""
    schemas = api.get("/openapi.json").json()["components"]["schemas"]
    taken = {name: schema for name, schema in schemas.items() if schema.get("additionalProperties") is False}

    fields = [
        (name, field, shape)
        for name, schema in taken.items()
        for field, shape in schema["properties"].items()
    ]
    assert len(fields) > 30
    for name, field, shape in fields:
        words = f"{field} {shape}".lower()
        assert not any(word in words for word in ("url", "uri'", "webhook", "callback", "https:")), (
            name,
            field,
        )


MOMENTS = {
    "no zone": "2026-11-22T00:00:00",
    "a leap second": "2026-12-31T23:59:60Z",
    "the year 0": "0000-01-01T00:00:00Z",
    "the year 10000": "10000-01-01T00:00:00Z",
    "the 30th of February": "2026-02-30T00:00:00Z",
    "a day alone": "2026-11-22",
    "a number": "99999999999999999999",
    "words": "tomorrow",
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("end", ["since", "until"])
def test_inp_17_what_is_no_moment_is_refused(api, operator, end, moment):
    answer = api.get("/audit", operator, params={end: moment})

    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


def test_inp_17_a_moment_far_away_is_a_moment(api, operator):
    for moment in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        assert api.get("/audit", operator, params={"since": moment}).status_code == 200


TAGS = ["*", "1", '"x"', 'W/"1"', '"2"', '"-1"', '"1", "2"', '""', '"' + "9" * 5_000 + '"', "{}"]


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag[:8])
def test_inp_19_a_precondition_that_does_not_hold_changes_nothing(api, operator, tag):
    """Without If-Match the change holds for what is stored: who wants to be warned sends it."""
    api.get("/me", operator)
    before = [api.documents(name) for name in ("tenants", "auditEvents")]

    answer = api.patch("/tenants/acme", operator, {"name": "No"}, headers={"If-Match": tag})

    assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")
    assert [api.documents(name) for name in ("tenants", "auditEvents")] == before
    assert api.queue.hints == []


BREAKS = ["a%0d%0aSet-Cookie:%20evil=1", "a%0aevil:%201", "a%0devil:%201", "a%e5%98%8a%e5%98%8devil:1"]


@pytest.mark.parametrize("path", BREAKS)
def test_inp_21_no_part_of_an_address_becomes_a_header(api, operator, path):
    for address in (f"/tenants/{path}", f"/tenants/acme/users/{path}", f"/tenants?q={path}", f"/{path}"):
        answer = api.get(address, operator)
        assert "evil" not in {name.lower() for name in answer.headers}
        assert not answer.cookies


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "a\nevil: 1", "a\revil: 1"])
def test_inp_21_no_value_of_a_body_becomes_a_header(api, operator, value):
    for body in ({"slug": value, "name": "A"}, {"slug": "fine", "name": value}):
        answer = api.post("/tenants", operator, body)
        assert answer.status_code == 422
        assert not [each for each in answer.headers.values() if "evil" in each]
        assert not answer.cookies
