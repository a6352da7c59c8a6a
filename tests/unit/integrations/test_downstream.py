import gzip
import logging
import socket
import threading

import pytest

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.calls import Bearer, Call, Endpoint, Patience, Shape
from chalicelib.integrations.downstream import Api
from tests.unit.integrations.conftest import an_answer

CANARY = "canary-token-5309"
READ = Call("GET", "/things", is_read=True)
WRITE = Call("POST", "/things", json={"name": "acme"}, accept=(201,))
QUICK = {"connect": 0.5, "read": 0.2, "total": 1.0}


class Things(Shape):
    names: list[str]


def an_api(vendor, pauses=None, **patience):
    endpoint = Endpoint("Vendor", getattr(vendor, "url", vendor), Bearer(CANARY))
    pauses = [] if pauses is None else pauses
    return Api(endpoint, Patience(**patience), sleep=pauses.append, uniform=lambda: 0.5)


def failure_of(api, call=READ):
    with pytest.raises((TryLater, NeedsPerson, CredentialsRefused)) as caught:
        api.send(call)
    return caught.value


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
        an_answer(b"[" * 100_000),
        an_answer({"names": []}, Content_Type="text/plain"),
        an_answer({"names": []}, Content_Type=""),
        an_answer(gzip.compress(b'{"names": []}'), Content_Encoding="gzip"),
        an_answer(b"", "204 No Content"),
        an_answer({}, "302 Found", Location="http://127.0.0.1:1/elsewhere"),
        an_answer({}, "307 Temporary Redirect", Location="http://127.0.0.1:1/elsewhere"),
        an_answer({}, "202 Accepted"),
    ],
)
def test_what_makes_no_sense_is_a_failure_never_an_answer(vendor, answer):
    vendor.answers = [answer]

    failure = failure_of(an_api(vendor))

    assert (type(failure), failure.code) == (TryLater, "unexpected-answer")
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    "body", [{}, [], None, {"names": None}, {"names": [1]}, {"names": {}}, "names", {"name": []}]
)
def test_json_of_the_wrong_shape_is_a_failure_never_an_empty_list(vendor, body):
    vendor.answers = [an_answer(body)]

    with pytest.raises(TryLater) as caught:
        an_api(vendor).send(READ).shaped(Things)

    assert caught.value.code == "unexpected-answer"
    assert caught.value.__cause__ is None


def test_an_endless_answer_is_cut_off(vendor):
    def endless(connection):
        connection.sendall(an_answer(b"", Content_Length="", Transfer_Encoding="chunked"))
        while not vendor.released.is_set():
            connection.sendall(b"1000\r\n" + b" " * 0x1000 + b"\r\n")

    vendor.answers = [endless]

    failure = failure_of(an_api(vendor, size=100_000))

    assert failure.code == "unexpected-answer"


def test_an_answer_of_exactly_the_limit_is_read(vendor):
    body = b'"' + b"a" * 98 + b'"'
    vendor.answers = [an_answer(body)]

    assert an_api(vendor, size=100).send(READ).body == "a" * 98
    assert failure_of(an_api(vendor, size=99)).code == "unexpected-answer"


def test_one_byte_at_a_time_ends_at_the_total_deadline(vendor):
    def dripping(connection):
        connection.sendall(an_answer(b"", Content_Length="1000000"))
        while not vendor.released.wait(0.05):
            connection.sendall(b" ")

    vendor.answers = [dripping]

    failure = failure_of(an_api(vendor, read=1.0, total=0.3))

    assert failure.code == "no-answer"


def silent_until(released):
    return lambda _: released.wait(5)


def test_silence_ends_at_the_read_timeout(vendor):
    vendor.answers = [silent_until(vendor.released)]

    failure = failure_of(an_api(vendor, **QUICK))

    assert failure.code == "no-answer"
    assert len(vendor.requests) == 3


def test_tries_together_stay_within_the_total(vendor):
    vendor.answers = [silent_until(vendor.released)]

    failure_of(an_api(vendor, read=0.2, total=0.3))

    assert len(vendor.requests) == 1


def half_an_answer(connection):
    connection.sendall(an_answer(b'{"names"', Content_Length="1000"))


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    "script", [half_an_answer, reset, lambda connection: connection.sendall(b"SSH-2.0\r\n")]
)
def test_a_broken_answer_to_a_read_is_tried_again(vendor, script):
    vendor.answers = [script, an_answer({"names": []})]

    assert an_api(vendor).send(READ).status == 200
    assert len(vendor.requests) == 2


@pytest.mark.parametrize("script", [half_an_answer, reset])
def test_a_write_whose_answer_was_lost_is_never_repeated(vendor, script):
    vendor.answers = [script, an_answer({}, "201 Created")]

    failure = failure_of(an_api(vendor), WRITE)

    assert (failure.code, failure.delay) == ("no-answer", 30)
    assert len(vendor.requests) == 1


def test_a_closed_port_is_unreachable_and_a_write_did_not_happen():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

    failure = failure_of(an_api(url), WRITE)

    assert (failure.code, failure.delay) == ("unreachable", None)


@pytest.mark.parametrize("status", ["408 Timeout", "429 Slow down", "502 Bad", "503 Busy", "504 Late"])
def test_a_busy_vendor_is_asked_three_times_with_jitter(vendor, status):
    vendor.answers, pauses = [an_answer({}, status)], []

    failure_of(an_api(vendor, pauses))

    assert len(vendor.requests) == 3
    assert pauses == [0.25, 0.5]


def test_a_vendor_that_recovers_is_believed(vendor):
    vendor.answers = [an_answer({}, "503 Busy"), an_answer({"names": []})]

    assert an_api(vendor).send(READ).status == 200


@pytest.mark.parametrize(
    ("status", "code", "delay"),
    [
        ("429 Slow down", "busy", None),
        ("503 Busy", "busy", None),
        ("500 Oops", "server-error", None),
        ("502 Bad", "server-error", 30),
        ("504 Late", "server-error", 30),
    ],
)
def test_a_write_is_sent_once(vendor, status, code, delay):
    vendor.answers = [an_answer({}, status)]

    failure = failure_of(an_api(vendor), WRITE)

    assert isinstance(failure, TryLater)
    assert (failure.code, failure.delay) == (code, delay)
    assert len(vendor.requests) == 1


def test_500_is_not_tried_again_in_the_same_run(vendor):
    vendor.answers = [an_answer({}, "500 Oops")]

    assert failure_of(an_api(vendor)).code == "server-error"
    assert len(vendor.requests) == 1


def test_a_long_wait_is_left_to_the_queue(vendor):
    vendor.answers = [an_answer({}, "429 Slow down", Retry_After="120")]

    failure = failure_of(an_api(vendor))

    assert failure.delay == 120
    assert len(vendor.requests) == 1


def test_a_short_wait_is_waited(vendor):
    vendor.answers, pauses = [an_answer({}, "429 Slow down", Retry_After="1"), an_answer({})], []

    an_api(vendor, pauses).send(READ)

    assert pauses == [1]


@pytest.mark.parametrize("status", ["400 Bad", "403 No", "404 None", "409 Conflict", "422 Wrong"])
def test_a_refusal_needs_a_person(vendor, status):
    vendor.answers = [an_answer({"detail": "secret things"}, status)]

    failure = failure_of(an_api(vendor))

    assert (type(failure), failure.code) == (NeedsPerson, "refused")
    assert failure.message == f"Vendor answered {status[:3]} to a GET"


def test_a_status_that_the_caller_understands_is_an_answer(vendor):
    vendor.answers = [an_answer({"name": ["taken"]}, "400 Bad")]

    assert an_api(vendor).send(Call("POST", "/things", accept=(201, 400))).status == 400


def test_refused_credentials_are_never_repeated(vendor):
    vendor.answers = [an_answer({}, "401 Unauthorized")]

    assert isinstance(failure_of(an_api(vendor)), CredentialsRefused)
    assert len(vendor.requests) == 1


def test_credentials_are_refused_even_where_the_answer_is_a_page(vendor):
    vendor.answers = [an_answer(b"<html>", "401 Unauthorized", Content_Type="text/html")]

    assert isinstance(failure_of(an_api(vendor)), CredentialsRefused)


def test_nothing_of_the_answer_or_the_credentials_is_told(vendor, caplog):
    caplog.set_level(logging.DEBUG)
    told = []
    for status in ("400 Bad", "401 No", "500 Oops", "200 OK"):
        vendor.answers = [an_answer(b'{"private_key": "canary-body', status)]
        failure = failure_of(an_api(vendor))
        told.append(f"{failure!r} {failure.__cause__!r} {failure.message}")

    assert "canary" not in "".join(told) + caplog.text
    assert CANARY not in repr(Endpoint("Vendor", vendor.url, Bearer(CANARY)))


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
