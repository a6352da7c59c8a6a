"""What a vendor, or somebody in its place, may answer to get at us."""

import base64
import contextlib
import logging
import socket
import time
import traceback

import pytest

from chalicelib.errors import TryLater
from chalicelib.handlers.reconcile_queue import LAST_CALL
from chalicelib.integrations.authentik.client import endpoint as authentik_endpoint
from chalicelib.integrations.calls import Patience, Shape
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import endpoint as ocis_endpoint
from chalicelib.integrations.stalwart.jmap import endpoint as stalwart_endpoint
from tests.unit.integrations.calling import CANARY, READ, WRITE, an_api, failure_of
from tests.unit.integrations.conftest import ScriptedVendor, an_answer

ENDPOINTS = {
    "authentik": lambda url: authentik_endpoint(url, CANARY),
    "stalwart": lambda url: stalwart_endpoint(url, CANARY),
    "ocis": lambda url: ocis_endpoint(url, "platform", CANARY),
}


class Quota(Shape):
    size: int
    note: str | None = None


@pytest.fixture
def elsewhere():
    vendor = ScriptedVendor()
    yield vendor
    vendor.stop()


@pytest.fixture
def crowded():
    """The address of a server that lets nobody in any more."""
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):  # more than wait before a server that accepts none
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_int_06_a_server_that_lets_nobody_in_is_given_up_at_the_connect_timeout(crowded):
    began = time.monotonic()

    failure = failure_of(an_api(crowded, connect=0.2, read=5.0, total=6.0), WRITE)

    assert failure.code == "unreachable"
    assert time.monotonic() - began < 2


def test_int_06_no_call_begins_when_its_total_deadline_does_not_fit():
    assert Patience().total * 1000 <= LAST_CALL


def test_int_12_a_field_that_is_new_is_left_alone_and_one_that_may_be_missing_is_missing(vendor):
    vendor.answers = [an_answer({"size": 5, "new": {"of": "the next version"}})]

    assert an_api(vendor).send(READ).shaped(Quota) == Quota(size=5)


@pytest.mark.parametrize("body", [{"size": "5"}, {"size": None}, {"size": 5.5}, {"size": True}, {}])
def test_int_12_a_number_that_is_none_is_a_failure_and_no_default(vendor, body):
    vendor.answers = [an_answer(body)]

    with pytest.raises(TryLater) as caught:
        an_api(vendor).send(READ).shaped(Quota)

    assert caught.value.code == "unexpected-answer"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Again", "308 Forever"])
@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
def test_int_14_a_redirect_is_not_followed(vendor, elsewhere, status, call):
    vendor.answers = [an_answer({}, status, Location=f"{elsewhere.url}/things")]

    failure = failure_of(an_api(vendor), call)

    assert failure.code == "unexpected-answer"
    assert (len(vendor.requests), elsewhere.requests) == (1, [])


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/", "//127.0.0.1:1/"])
def test_int_14_a_redirect_to_another_scheme_or_host_is_no_answer(vendor, address):
    vendor.answers = [an_answer({}, "302 Found", Location=address)]

    assert failure_of(an_api(vendor)).code == "unexpected-answer"


@pytest.mark.parametrize("status", ["400", "401", "403", "409", "429", "500", "503"])
def test_int_16_markup_and_control_characters_of_an_error_are_not_repeated(vendor, status):
    vendor.answers = [an_answer({"detail": "<script>\x1b[31m\u202e"}, f"{status} <script>")]

    message = failure_of(an_api(vendor)).message

    assert "script" not in message
    assert message.isprintable()
    assert len(message) < 100


@pytest.mark.parametrize("integration", ENDPOINTS)
@pytest.mark.parametrize(
    "answer",
    [
        *(an_answer({"detail": CANARY}, status) for status in ("400 Bad", "401 No", "500 Oops", "503 Busy")),
        an_answer(CANARY.encode()),
        lambda connection: connection.sendall(b"HTTP/1.1 nonsense\r\n"),
    ],
    ids=["400", "401", "500", "503", "nonsense", "no HTTP"],
)
def test_int_23_credentials_are_in_no_address_exception_or_log_line(vendor, integration, answer, caplog):
    caplog.set_level(logging.DEBUG)
    vendor.answers = [answer]
    api = Api(ENDPOINTS[integration](vendor.url), Patience(total=3), sleep=lambda _: None)

    failure = failure_of(api)

    told = "".join([*traceback.format_exception(failure), failure.message, caplog.text])
    told += "".join(request.splitlines()[0] for request in vendor.requests)
    coded = base64.b64encode(f"platform:{CANARY}".encode()).decode()
    assert vendor.requests[0].count(coded if integration == "ocis" else CANARY) == 1
    assert CANARY not in told
    assert coded not in told
