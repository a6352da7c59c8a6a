"""Bad input: always a 4xx problem, never stored, never a 500, and nothing of it is repeated."""

from __future__ import annotations

import json

import pytest

ACME = {"slug": "acme", "name": "Acme", "domains": ["acme.test"]}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def operator(api):
    return api.operator()


def refused(api, answer, *statuses):
    assert answer.status_code in statuses, (answer.status_code, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "detail", "code", "requestId"}
    for collection in ("tenants", "partners", "auditEvents"):
        assert api.documents(collection) == []
    assert api.queue.hints == []


OPERATORS = [{"$ne": None}, {"$gt": ""}, {"$regex": ".*"}, {"$in": ["a"]}, {"$where": "1"}, {"$expr": {}}]
WRONG_TYPES = [None, 1, 1.5, True, [], ["a"], {}, *OPERATORS]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
@pytest.mark.parametrize("field", ["slug", "name", "plan"])
def test_inp_01_a_field_of_the_wrong_type_is_named(api, operator, field, value):
    answer = api.post("/tenants", operator, ACME | {field: value})

    refused(api, answer, 422)
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "value", [None, 1, "acme.test", {"0": "a.test"}, [1], [None], [{"$ne": None}], [["a"]]]
)
def test_inp_01_domains_are_a_list_of_names(api, operator, value):
    refused(api, api.post("/tenants", operator, ACME | {"domains": value}), 422)


@pytest.mark.parametrize(
    "extra",
    ["_id", "id", "status", "generation", "version", "lifecycle", "provisioning", "createdAt", "$set",
    "a.b", "",
     "__proto__", "nul\x00", "Name", "partner_id"],
)  # fmt: skip
def test_inp_02_and_18_unknown_fields_are_refused(api, operator, extra):
    refused(api, api.post("/tenants", operator, ACME | {extra: "x"}), 422)


@pytest.mark.parametrize(
    "raw",
    [
        b"null", b"[]", b'"text"', b"1", b"", b"   ", b'{"slug":', b"{} {}", b'{"slug":"acme",}', b"{'a':1}",
        b'{"slug":"acme","slug":"other"}', b'{"slug":"acme","\\u0073lug":"other"}', b'{"name":NaN}',
        b'{"name":Infinity}', b'{"name":1e400}', b'{"name":' + b"9" * 5000 + b"}", b"\xef\xbb\xbf{}",
        '{"slug":"acme"}'.encode("utf-16"), b'{"name":"\\ud800"}', b'{"name":"a\x01b"}',
        b"[" * 3000 + b"]" * 3000, b'{"a":' * 3000 + b"1" + b"}" * 3000,
    ],
    ids=lambda raw: repr(raw[:30]),
)  # fmt: skip
def test_inp_05_to_08_what_is_not_one_plain_json_object_is_malformed(api, operator, raw):
    answer = api.call("POST", "/tenants", operator, data=raw, headers=JSON)

    refused(api, answer, 400)
    assert answer.json()["code"] == "malformed-body"


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "line\nbreak", "\u2028", " ", "", "x" * 81])
def test_inp_08_and_13_names_hold_no_control_characters(api, operator, text):
    refused(api, api.post("/tenants", operator, ACME | {"name": text}), 422)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=HYPERLINK(1)", "Ünïcødé ☂", "a\u202eb"])
def test_inp_13_markup_is_data(api, operator, name):
    answer = api.post("/tenants", operator, ACME | {"name": name})

    assert (answer.status_code, answer.json()["name"]) == (201, name)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded",  "application/jsonp", "", None,
     "application/json; charset=utf-16", "application/problem+json", "application/json, text/plain"],
)  # fmt: skip
def test_inp_09_only_json_in_utf_8_is_taken(api, operator, content_type):
    answer = api.call(
        "POST", "/tenants", operator, data=json.dumps(ACME), headers={"Content-Type": content_type}
    )

    refused(api, answer, 415)


def test_inp_09_a_charset_of_utf_8_may_be_named(api, operator):
    headers = {"Content-Type": 'Application/JSON; Charset="UTF-8"'}

    assert api.call("POST", "/tenants", operator, data=json.dumps(ACME), headers=headers).status_code == 201


def test_inp_10_a_body_over_the_limit_is_too_large(api, operator):
    for size in (100_001, 2_000_000):
        body = json.dumps(ACME | {"name": "x" * size})
        refused(api, api.call("POST", "/tenants", operator, data=body, headers=JSON), 413)


def test_inp_10_compressed_bodies_are_not_taken(api, operator):
    headers = JSON | {"Content-Encoding": "gzip"}

    refused(api, api.call("POST", "/tenants", operator, data=json.dumps(ACME), headers=headers), 415)


GOOD_DOMAINS = [
    ("ACME.Test", "acme.test"), ("acme.test.", "acme.test"), ("bücher.example", "xn--bcher-kva.example"),
    ("a-b.c-d.test", "a-b.c-d.test"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
]  # fmt: skip
BAD_DOMAINS = [
    "localhost", "acme", "-a.test", "a-.test", "a_b.test", "*.acme.test", "1.2.3.4", "a..test", ".test",
    "a.test\n",
    " a.test", "http://a.test", "a@b.test", "a" * 64 + ".test", ("a" * 60 + ".") * 5 + "test", "[::1]",
    "a.1", "",
    "a b.test", "xn--zzzzzz--.test", "a/b.test", "..", "a.test..",
]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), GOOD_DOMAINS)
def test_inp_11_domains_are_kept_in_one_form(api, operator, given, kept):
    assert api.post("/tenants", operator, ACME | {"domains": [given]}).json()["domains"] == [kept]


@pytest.mark.parametrize("domain", BAD_DOMAINS)
def test_inp_11_what_is_no_mail_domain_is_refused(api, operator, domain):
    refused(api, api.post("/tenants", operator, ACME | {"domains": [domain]}), 422)


def test_inp_11_the_same_domain_twice_is_refused(api, operator):
    refused(api, api.post("/tenants", operator, ACME | {"domains": ["a.test", "A.test."]}), 422)


BAD_ADDRESSES = [
    "", "a", "@b.test", "a@", "a@b", "a@b@c.test", "a..b@c.test", ".a@c.test", "a.@c.test", "a b@c.test",
    '"a"@c.test', "a@c.test\r\nBcc: x@y.test", "x" * 65 + "@c.test", "\u0430@c.test", "a\x00@c.test",
    "<a@c.test>",
]  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_inp_12_what_is_no_mail_address_is_refused(api, operator, address):
    refused(api, api.post("/tenants", operator, ACME | {"owner": {"email": address}}), 422)
    assert len(api.documents("users")) == 1


@pytest.mark.parametrize(
    "slug", ["..", "../x", "a/b", "%2e%2e", "ACME", "acme ", "-acme", "acme-", "ab", "a" * 41, "ä-b"]
)
def test_inp_14_slugs_are_plain(api, operator, slug):
    refused(api, api.post("/tenants", operator, ACME | {"slug": slug}), 422)


def test_the_value_that_was_wrong_is_not_repeated(api, operator):
    answer = api.post("/tenants", operator, ACME | {"name": "secret-value\n", "plan": "secret-plan"})

    assert answer.status_code == 422
    assert "secret" not in answer.text


def test_a_body_where_none_belongs_is_refused(api, operator):
    answer = api.call("GET", "/tenants", operator, data="{}", headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-body")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "GETS"])
def test_azt_13_a_method_that_the_address_does_not_know(api, operator, method):
    refused(api, api.call(method, "/tenants", operator), 403, 404, 405)


def test_azt_13_head_tells_nothing(api, operator):
    answer = api.call("HEAD", "/tenants", operator)

    assert (answer.status_code in {403, 404, 405}, answer.content, api.queue.hints) == (True, b"", [])


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/tenants//acme", "/%2e%2e/tenants", "/Tenants", "/tenants;a=b", "/tenants%00"],
)
def test_azt_14_what_is_not_there_is_a_problem_too(api, operator, path):
    refused(api, api.get(path, operator), 403, 404)


def test_inp_08_what_is_not_utf_8_is_refused(api, operator):
    """A gateway may hand it on as replacement characters: then it is a name of a field that nobody knows."""
    raw = b'{"slug":"acme","name":"Acme","\xff":"x"}'

    refused(api, api.call("POST", "/tenants", operator, data=raw, headers=JSON), 400, 422)


def test_azt_14_a_trailing_slash_is_the_same_address_under_the_same_guard(api, operator):
    assert api.get("/tenants/", operator).status_code in {200, 404}
    assert api.get("/partners/", api.customer()).status_code in {403, 404}


def test_a_failure_nobody_foresaw_tells_the_caller_nothing(api, operator, monkeypatch):
    from chalicelib import wiring

    def broken():
        raise RuntimeError("mongodb://user:password@host")

    monkeypatch.setattr(wiring, "services", broken)
    answer = api.get("/tenants", operator)

    refused(api, answer, 500)
    assert "password" not in answer.text
