"""Fetching an issuer's key set, with the standard library alone: this runs in the authorizer's cold start."""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from chalicelib.errors import KeysUnavailable

SECONDS_A_TRY = 1.5
TRIES = 2  # so 3 seconds in all, whatever the other side does
MAX_BYTES = 150_000
JSON_TYPES = frozenset({"application/json", "application/jwk-set+json"})
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}


def fetch_key_set(url: str) -> bytes:
    """The bytes that `url` answers. Follows no redirect and uses no proxy.

    Sends    GET <issuer>jwks/  ->  200 {"keys": [...]}
    Raises   KeysUnavailable
    Source   authentik documentation, OAuth2 provider, JWKS; RFC 7517
    """
    for _ in range(TRIES):
        with suppress(_WorthRepeating):
            return _answer(url)
    raise KeysUnavailable("The issuer of the key set is unreachable, busy or slow")


class _WorthRepeating(Exception):
    """The network or the server failed; a second try may succeed."""


def _answer(url: str) -> bytes:
    """One try, in a thread of its own: timeouts of sockets start anew with each byte and leave out DNS."""
    attempt = _Attempt(url)
    threading.Thread(target=attempt.run, name="key set", daemon=True).start()
    try:
        outcome = attempt.outcomes.get(timeout=SECONDS_A_TRY)
    except queue.Empty:
        attempt.hang_up()
        raise _WorthRepeating from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class _Attempt:
    """One request. Its outcome is a value, because exceptions do not cross threads."""

    def __init__(self, url: str) -> None:
        self.outcomes: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        self._connection = _connection(url)
        self._path = urlsplit(url).path
        self._socket: socket.socket | None = None  # the connection forgets its own once the headers are read

    def run(self) -> None:
        self.outcomes.put(self._outcome())

    def hang_up(self) -> None:
        """Wake the thread that still reads; left alone it would listen to a trickle for ever."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _outcome(self) -> bytes | Exception:
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._connection.request("GET", self._path, headers=HEADERS)
            with self._connection.getresponse() as response:
                return _body(response)
        except (OSError, http.client.HTTPException, ValueError):
            return _WorthRepeating()  # ValueError: what http.client makes of nonsense
        except (KeysUnavailable, _WorthRepeating) as error:
            return error
        finally:
            self._connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    address = urlsplit(url)
    if address.scheme == "https":
        return http.client.HTTPSConnection(address.netloc, timeout=SECONDS_A_TRY, context=_tls())
    return http.client.HTTPConnection(address.netloc, timeout=SECONDS_A_TRY)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading the authorities takes a while; once per container


def _body(response: http.client.HTTPResponse) -> bytes:
    if response.status >= 500:
        raise _WorthRepeating
    if response.status != 200:
        raise KeysUnavailable(f"The key set answered {response.status}")
    if response.headers.get_content_type() not in JSON_TYPES:
        raise KeysUnavailable("The key set is not declared as JSON")
    body = response.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise KeysUnavailable("The key set is too large")
    if response.length:
        raise _WorthRepeating  # fewer bytes than announced
    return body
