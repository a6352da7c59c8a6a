import socket

import pytest

from chalicelib.errors import TryLater
from chalicelib.reconcile.gate import AWAY
from tests.unit.integrations.calling import READ, WRITE, an_api, failure_of
from tests.unit.integrations.conftest import an_answer


def silent_until(released):
    return lambda _: released.wait(5)


def test_int_06_silence_ends_at_the_read_timeout(vendor):
    vendor.answers = [silent_until(vendor.released)]

    failure = failure_of(an_api(vendor, connect=0.5, read=0.2, total=1.0))

    assert failure.code == "no-answer"
    assert len(vendor.requests) == 3


def test_int_06_tries_together_stay_within_the_total(vendor):
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
def test_int_08_a_broken_answer_to_a_read_is_tried_again(vendor, script):
    vendor.answers = [script, an_answer({"names": []})]

    assert an_api(vendor).send(READ).status == 200
    assert len(vendor.requests) == 2


@pytest.mark.parametrize("script", [half_an_answer, reset])
def test_int_07_a_write_whose_answer_was_lost_is_never_repeated(vendor, script):
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
def test_int_05_a_busy_vendor_is_asked_three_times_with_jitter(vendor, status):
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
        ("503 Busy", "server-error", None),
        ("500 Oops", "server-error", None),
        ("502 Bad", "server-error", 30),
        ("504 Late", "server-error", 30),
    ],
)
def test_int_05_a_write_is_sent_once(vendor, status, code, delay):
    vendor.answers = [an_answer({}, status)]

    failure = failure_of(an_api(vendor), WRITE)

    assert isinstance(failure, TryLater)
    assert (failure.code, failure.delay) == (code, delay)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("retry_after", ["", "120"])
def test_int_19_503_means_away_to_the_breaker_and_429_does_not(vendor, retry_after):
    codes = []
    for status in ("429 Slow down", "503 Busy"):
        vendor.answers = [an_answer({}, status, Retry_After=retry_after)]
        codes.append(failure_of(an_api(vendor)).code)

    assert [code in AWAY for code in codes] == [False, True]


def test_int_05_500_is_not_tried_again_in_the_same_run(vendor):
    vendor.answers = [an_answer({}, "500 Oops")]

    assert failure_of(an_api(vendor)).code == "server-error"
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", ["429 Slow down", "503 Busy"])
def test_int_04_a_long_wait_is_left_to_the_queue(vendor, status):
    vendor.answers = [an_answer({}, status, Retry_After="120")]

    failure = failure_of(an_api(vendor))

    assert failure.delay == 120
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", ["429 Slow down", "503 Busy"])
def test_int_04_a_short_wait_is_waited(vendor, status):
    vendor.answers, pauses = [an_answer({}, status, Retry_After="1"), an_answer({})], []

    an_api(vendor, pauses).send(READ)

    assert pauses == [1]
