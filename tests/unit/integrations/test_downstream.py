import gzip
import logging
import threading

import pytest

from chalicelib.domain.secret import PlainSecret
from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.calls import Call, Endpoint, Shape
from tests.unit.integrations.calling import CANARY, READ, WRITE, an_api, failure_of
from tests.unit.integrations.conftest import an_answer


class Things(Shape):
    names: list[str]


def test_an_answer_comes_with_its_status_and_json(vendor):
    vendor.answers = [an_answer({"names": ["a"]}, "201 Created")]

    answer = an_api(vendor).send(WRITE)

    assert (answer.status, answer.body) == (201, {"names": ["a"]})
    assert answer.shaped(Things).names == ["a"]


def test_the_request_carries_credentials_and_asks_for_plain_json(vendor):
    an_api(vendor).send(Call("PUT", "/things", {"page": "1"}, {"a": 1}, headers={"Restore": "true"}))

    (request,) = vendor.requests
    assert request.startswith("PUT /things?page=1 HTTP/1.1\r\n")
    assert f"Authorization: Bearer {CANARY}\r\n" in request
    assert "Accept-Encoding: identity\r\n" in request
    assert "Restore: true\r\n" in request
    assert request.endswith('{"a": 1}')


def test_calls_share_a_connection(vendor):
    api = an_api(vendor)

    api.send(READ)
    api.send(READ)

    assert vendor.connections == 1


def test_204_has_no_body(vendor):
    vendor.answers = [an_answer(b"", "204 No Content", Content_Length="", Content_Type="")]

    assert an_api(vendor).send(Call("DELETE", "/things", accept=(204,))).body is None


@pytest.mark.parametrize(
    "answer",
    [
        an_answer(b"<html>Please sign in</html>", Content_Type="text/html"),
        an_answer(b"<html>Please sign in</html>"),
        an_answer(b""),
        an_answer(b'{"names": ["a"'),
        an_answer(b'{"names": ["\xff"]}'),
        pytest.param(an_answer(b"[" * 100_000), id="INT-13 deep JSON"),
        an_answer({"names": []}, Content_Type="text/plain"),
        an_answer({"names": []}, Content_Type=""),
        pytest.param(an_answer(gzip.compress(b'{"names": []}'), Content_Encoding="gzip"), id="INT-13 packed"),
        an_answer(b"", "204 No Content"),
        pytest.param(
            an_answer({}, "302 Found", Location="http://127.0.0.1:1/elsewhere"), id="INT-14 redirect"
        ),
        pytest.param(
            an_answer({}, "307 Temporary Redirect", Location="http://127.0.0.1:1/elsewhere"),
            id="INT-14 redirect with its body",
        ),
        an_answer({}, "202 Accepted"),
    ],
)
def test_int_09_what_makes_no_sense_is_a_failure_never_an_answer(vendor, answer):
    vendor.answers = [answer]

    failure = failure_of(an_api(vendor))

    assert (type(failure), failure.code) == (TryLater, "unexpected-answer")
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    "body", [{}, [], None, {"names": None}, {"names": [1]}, {"names": {}}, "names", {"name": []}]
)
def test_int_09_json_of_the_wrong_shape_is_a_failure_never_an_empty_list(vendor, body):
    vendor.answers = [an_answer(body)]

    with pytest.raises(TryLater) as caught:
        an_api(vendor).send(READ).shaped(Things)

    assert caught.value.code == "unexpected-answer"
    assert caught.value.__cause__ is None


def test_int_13_an_endless_answer_is_cut_off(vendor):
    def endless(connection):
        connection.sendall(an_answer(b"", Content_Length="", Transfer_Encoding="chunked"))
        while not vendor.released.is_set():
            connection.sendall(b"1000\r\n" + b" " * 0x1000 + b"\r\n")

    vendor.answers = [endless]

    failure = failure_of(an_api(vendor, size=100_000))

    assert failure.code == "unexpected-answer"


def test_int_13_an_answer_of_exactly_the_limit_is_read(vendor):
    body = b'"' + b"a" * 98 + b'"'
    vendor.answers = [an_answer(body)]

    assert an_api(vendor, size=100).send(READ).body == "a" * 98
    assert failure_of(an_api(vendor, size=99)).code == "unexpected-answer"


@pytest.mark.parametrize("status", ["400 Bad", "403 No", "404 None", "409 Conflict", "422 Wrong"])
def test_a_refusal_needs_a_person(vendor, status):
    vendor.answers = [an_answer({"detail": "secret things"}, status)]

    failure = failure_of(an_api(vendor))

    assert (type(failure), failure.code) == (NeedsPerson, "refused")
    assert failure.message == f"Vendor answered {status[:3]} to a GET"


def test_a_status_that_the_caller_understands_is_an_answer(vendor):
    vendor.answers = [an_answer({"name": ["taken"]}, "400 Bad")]

    assert an_api(vendor).send(Call("POST", "/things", accept=(201, 400))).status == 400


def test_int_01_refused_credentials_are_never_repeated(vendor):
    vendor.answers = [an_answer({}, "401 Unauthorized")]

    assert isinstance(failure_of(an_api(vendor)), CredentialsRefused)
    assert len(vendor.requests) == 1


def test_int_01_credentials_are_refused_even_where_the_answer_is_a_page(vendor):
    vendor.answers = [an_answer(b"<html>", "401 Unauthorized", Content_Type="text/html")]

    assert isinstance(failure_of(an_api(vendor)), CredentialsRefused)


def test_int_23_nothing_of_the_answer_or_the_credentials_is_told(vendor, caplog):
    caplog.set_level(logging.DEBUG)
    told = []
    for status in ("400 Bad", "401 No", "500 Oops", "200 OK"):
        vendor.answers = [an_answer(b'{"private_key": "canary-body', status)]
        failure = failure_of(an_api(vendor))
        told.append(f"{failure!r} {failure.__cause__!r} {failure.message}")

    assert "canary" not in "".join(told) + caplog.text
    assert CANARY not in repr(Endpoint("Vendor", vendor.url, PlainSecret(CANARY)))


def test_a_proxy_of_the_environment_is_not_used(vendor, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert an_api(vendor).send(READ).status == 200


def test_many_threads_may_share_it(vendor):
    api, statuses = an_api(vendor), []
    threads = [threading.Thread(target=lambda: statuses.append(api.send(READ).status)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 4
