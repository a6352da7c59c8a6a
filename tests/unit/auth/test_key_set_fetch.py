"""Fetching a key set from a server that misbehaves in every way that can be bounded."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.errors import KeysUnavailable
from chalicelib.integrations import key_sets
from chalicelib.integrations.key_sets import MAX_BYTES, SECONDS_A_TRY, TRIES, fetch_key_set

BODY = b'{"keys": []}'
SHORT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
Behaviour = Callable[[socket.socket, threading.Event], None]


class Server:
    """Answers each connection with the next behaviour, the last one for ever; keeps what was asked."""

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._behaviours = list(behaviours)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.over = threading.Event()
        self.requests: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/application/o/x/jwks/"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                behave = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
                threading.Thread(target=self._answer, args=(connection, behave), daemon=True).start()

    def _answer(self, connection: socket.socket, behave: Behaviour) -> None:
        with connection, suppress(OSError):
            spoken = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            self.requests.append(spoken.recv(65536))
            behave(spoken, self.over)
            spoken.close()

    def close(self) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # close alone would leave the thread in accept
        self._listener.close()


@contextmanager
def a_server(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(*behaviours, tls=tls)
    try:
        yield server
    finally:
        server.close()


def answers(
    body: bytes = BODY, status: str = "200 OK", kind: str = "application/json", more: str = ""
) -> Behaviour:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lambda connection, over: connection.sendall(head.encode() + body)


def sends(raw: bytes) -> Behaviour:
    return lambda connection, over: connection.sendall(raw)


def hangs(connection: socket.socket, over: threading.Event) -> None:
    over.wait(timeout=10)


def trickles(head: bytes) -> Behaviour:
    """Sends `head`, then a byte every 20 ms: no single read ever times out."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.wait(timeout=0.02):
            connection.sendall(b"x")

    return behave


@pytest.fixture(name="short")
def _short_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "SECONDS_A_TRY", 0.2)


def test_the_body_of_a_good_answer_is_returned():
    with a_server(answers(kind="application/jwk-set+json; charset=utf-8")) as server:
        assert fetch_key_set(server.url) == BODY

    assert server.requests[0].startswith(b"GET /application/o/x/jwks/ HTTP/1.1\r\n")


def test_aut_23_a_chunked_answer_is_put_together():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with a_server(sends(head + b"5\r\n" + BODY[:5] + b"\r\n7\r\n" + BODY[5:] + b"\r\n0\r\n\r\n")) as server:
        assert fetch_key_set(server.url) == BODY


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(answers(status="500 Internal Server Error"), id="AUT-23 500"),
        pytest.param(answers(status="503 Service Unavailable"), id="AUT-23 503"),
        pytest.param(sends(b""), id="AUT-23 closed without a word"),
        pytest.param(sends(b"garbage\r\n\r\n"), id="AUT-23 no HTTP"),
        pytest.param(sends(SHORT), id="AUT-23 truncated"),
        pytest.param(hangs, id="AUT-07 hangs"),
    ],
)
@pytest.mark.usefixtures("short")
def test_a_failure_that_may_pass_is_tried_once_more(first: Behaviour):
    with a_server(first, answers()) as server:
        assert fetch_key_set(server.url) == BODY

    with a_server(first) as server:
        with pytest.raises(KeysUnavailable, match="unreachable"):
            fetch_key_set(server.url)
        assert len(server.requests) == TRIES


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(
            answers(status="302 Found", more="Location: http://127.0.0.1:1/\r\n"), id="AUT-23 redirect"
        ),
        pytest.param(answers(status="404 Not Found"), id="AUT-23 404"),
        pytest.param(answers(status="204 No Content", body=b""), id="AUT-23 204"),
        pytest.param(answers(kind="text/html"), id="AUT-23 HTML"),
        pytest.param(answers(kind="text/plain"), id="AUT-23 wrong type"),
        pytest.param(answers(body=b" " * (MAX_BYTES + 1)), id="AUT-23 a byte too large"),
        pytest.param(answers(body=b" " * 10_000_000), id="AUT-23 10 MB"),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b" " * 1_000_000),
            id="AUT-23 1 MB without a length",
        ),
    ],
)
def test_a_wrong_answer_is_not_tried_again(behaviour: Behaviour):
    with a_server(behaviour) as server:
        with pytest.raises(KeysUnavailable):
            fetch_key_set(server.url)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="AUT-07 the status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="AUT-07 a header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
            id="AUT-07 the body",
        ),
    ],
)
@pytest.mark.usefixtures("short")
def test_a_trickle_is_cut_off_and_leaves_no_thread_behind(head: bytes):
    with a_server(trickles(head)) as server:
        begin = monotonic()
        with pytest.raises(KeysUnavailable):
            fetch_key_set(server.url)

        assert monotonic() - begin < 0.2 * TRIES + 0.5
        assert _nobody_listens_any_more()


def _nobody_listens_any_more() -> bool:
    deadline = monotonic() + 5
    while _is_listening() and monotonic() < deadline:
        threading.Event().wait(0.01)
    return not _is_listening()


def _is_listening() -> bool:
    return any(thread.name == "key set" for thread in threading.enumerate())


def test_aut_07_all_tries_together_stay_within_three_seconds():
    assert SECONDS_A_TRY == 1.5
    assert SECONDS_A_TRY * TRIES <= 3


def test_aut_07_a_server_that_is_not_there_is_unavailable_and_the_next_call_works():
    with a_server(answers()) as server:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/jwks/"
        with pytest.raises(KeysUnavailable):
            fetch_key_set(nobody)

        assert fetch_key_set(server.url) == BODY


def test_tok_08_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    with a_server(answers()) as server:
        assert fetch_key_set(server.url) == BODY


def test_aut_29_a_server_is_believed_only_if_an_authority_vouches_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    with a_server(answers(), tls=context) as server:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(KeysUnavailable):
            fetch_key_set(url)
        assert not any(server.requests)

        monkeypatch.setattr(key_sets, "_tls", lambda: ssl.create_default_context(cafile=certificate))
        assert fetch_key_set(url) == BODY


def _self_signed(folder: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path
