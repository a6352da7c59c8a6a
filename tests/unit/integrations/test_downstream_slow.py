"""INT-08: a vendor that is never silent for long, and never done."""

import time

import pytest

from tests.unit.integrations.calling import READ, WRITE, an_api, failure_of
from tests.unit.integrations.conftest import an_answer

HEAD = an_answer(b"", Content_Length="1000000")
ANSWER = an_answer({"names": ["a" * 200]}, X_Long="b" * 200)


def dripping(vendor, content, pause=0.02, most=200):
    """Sends `content` byte by byte, and is silent after `most` bytes."""

    def script(connection):
        for number, byte in enumerate(content):
            if vendor.released.wait(pause):
                return
            if number == most:
                vendor.released.wait(5)
            connection.sendall(bytes([byte]))

    return script


def seconds_of(ask):
    began = time.monotonic()
    failure = ask()
    return failure, time.monotonic() - began


@pytest.mark.parametrize(
    "content", [HEAD + b" " * 1000, ANSWER[len("HTTP/1.1 200 OK") :]], ids=["body", "head"]
)
@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
def test_int_08_one_byte_at_a_time_ends_at_the_total_deadline(vendor, content, call):
    start = HEAD if content.startswith(HEAD) else b"HTTP/1.1 200 OK"
    rest = dripping(vendor, content.removeprefix(HEAD))
    vendor.answers = [lambda connection: (connection.sendall(start), rest(connection))]

    failure, took = seconds_of(lambda: failure_of(an_api(vendor, read=0.3, total=0.4), call))

    assert failure.code == "no-answer"
    assert took < 0.8


def test_int_08_a_byte_just_before_the_end_buys_no_time(vendor):
    def late(connection):
        connection.sendall(HEAD)
        vendor.released.wait(0.35)
        connection.sendall(b" ")
        vendor.released.wait(5)

    vendor.answers = [late]

    failure, took = seconds_of(lambda: failure_of(an_api(vendor, read=0.4, total=0.4), WRITE))

    assert failure.code == "no-answer"
    assert took < 0.6


def test_int_08_the_last_of_several_tries_has_only_what_is_left(vendor):
    vendor.answers = [an_answer({}, "503 Busy"), dripping(vendor, ANSWER)]

    failure, took = seconds_of(lambda: failure_of(an_api(vendor, read=5.0, total=0.4)))

    assert failure.code == "no-answer"
    assert took < 0.8


def test_int_08_a_slow_answer_that_is_there_in_time_is_read(vendor):
    vendor.answers = [dripping(vendor, ANSWER, pause=0.0005, most=10_000)]

    assert an_api(vendor, read=2.0, total=2.0).send(READ).body == {"names": ["a" * 200]}


def test_int_08_each_call_on_a_connection_has_its_own_time(vendor):
    api = an_api(vendor, read=0.3, total=0.3)

    for _ in range(4):
        assert api.send(READ).status == 200
        time.sleep(0.15)

    assert vendor.connections == 1
