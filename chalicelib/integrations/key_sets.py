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
    connection = _connection(url)
    outcomes: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
    threading.Thread(target=lambda: outcomes.put(_outcome(connection, url)), daemon=True).start()
    try:
        outcome = outcomes.get(timeout=SECONDS_A_TRY)
    except queue.Empty:
        _hang_up(connection)
        raise _WorthRepeating from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _connection(url: str) -> http.client.HTTPConnection:
    address = urlsplit(url)
    if address.scheme == "https":
        return http.client.HTTPSConnection(address.netloc, timeout=SECONDS_A_TRY, context=_tls())
    return http.client.HTTPConnection(address.netloc, timeout=SECONDS_A_TRY)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading the authorities takes a while; once per container


def _outcome(connection: http.client.HTTPConnection, url: str) -> bytes | Exception:
    """What the try came to; as a value, because exceptions do not cross threads."""
    try:
        connection.request("GET", urlsplit(url).path, headers=HEADERS)
        return _body(connection.getresponse())
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        # AttributeError and ValueError are what http.client raises when the connection is closed under it.
        return _WorthRepeating()
    except (KeysUnavailable, _WorthRepeating) as error:
        return error
    finally:
        connection.close()


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


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """Wake the thread that still reads; left alone it would listen to a trickle for ever."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
