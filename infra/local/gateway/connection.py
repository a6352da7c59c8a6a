"""One client's connection: requests read within the gateway's bounds, answers written in one piece."""

import contextlib
import socket
import time
import uuid
from contextlib import AbstractContextManager
from email import errors
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from infra.local.gateway.messages import Answer, Incoming, problem
from infra.local.gateway.refusals import (
    BadRequest,
    HeadersTooLarge,
    LengthRequired,
    PayloadTooLarge,
    Refusal,
)

LARGEST_BODY = 10 * 1024 * 1024  # API Gateway's own quota, as is the next
LARGEST_HEAD = 10_240
LONGEST_LINE = 65_536
IDLE = 60.0  # seconds after which a silent connection is closed
LINGER = 1.0  # seconds that a client gets to read a refusal before its unread body is cut off
# Of a multipart body, which is not there yet: the parser of the head takes the head for a whole message.
OF_A_BODY = (
    errors.NoBoundaryInMultipartDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
    errors.MultipartInvariantViolationDefect,
    errors.InvalidMultipartContentTransferEncodingDefect,
)
REFUSALS = {414: HeadersTooLarge, 431: HeadersTooLarge}  # what the base class refuses; all else is malformed


class Desk(Protocol):
    """What stands behind the connections."""

    def answer(self, incoming: Incoming) -> Answer:
        """The answer to a request; never raises."""

    def under_way(self) -> AbstractContextManager[None]:
        """Counts a request until its answer is sent."""


class Connection(BaseHTTPRequestHandler):
    """Reads requests of one connection, one after the other, and passes whole ones on."""

    server: Any  # the listener, which is a Desk
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # with it and a delayed acknowledgement an answer takes 40 ms
    timeout = IDLE

    def handle_one_request(self) -> None:
        try:
            self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        except TimeoutError:
            self.raw_requestline = b""
        if not self.raw_requestline:
            self.close_connection = True
            return
        with self.server.under_way():
            self._serve_request()

    def _serve_request(self) -> None:
        self.command = "GET"  # until the request line is read
        try:
            if not self._is_parsed():
                return
            incoming = self._incoming()
        except Refusal as refusal:
            self._refuse(refusal)
        except TimeoutError:  # a client that does not send what it promised
            self.close_connection = True
        else:
            self._send(self.server.answer(incoming))

    def _is_parsed(self) -> bool:
        """Whether the head is good; a bad one has been refused through `send_error`."""
        if len(self.raw_requestline) > LONGEST_LINE:
            raise HeadersTooLarge
        return self.parse_request()

    def _incoming(self) -> Incoming:
        headers = tuple((name, value.strip()) for name, value in self.headers.items())
        self._check_head(headers)
        body = self.rfile.read(self._length())
        return Incoming(self.command, self.path, headers, body, self.client_address[0])

    def _check_head(self, headers: tuple[tuple[str, str], ...]) -> None:
        """Raises BadRequest for what the next server might read otherwise, HeadersTooLarge."""
        size = len(self.requestline) + sum(len(name) + len(value) + 4 for name, value in headers)
        if size > LARGEST_HEAD:
            raise HeadersTooLarge
        is_folded = any("\n" in value or "\r" in value for _, value in headers)
        is_unclear = any(not isinstance(each, OF_A_BODY) for each in self.headers.defects)
        if is_unclear or is_folded or not self.path.startswith("/"):
            raise BadRequest

    def _length(self) -> int:
        """How long the body is. Raises LengthRequired, PayloadTooLarge, BadRequest for what is no length."""
        lengths = set(self.headers.get_all("Content-Length", []))
        if "Transfer-Encoding" in self.headers:
            raise BadRequest if lengths else LengthRequired
        if not lengths:
            return 0
        length = lengths.pop().strip()
        if lengths or not (length.isascii() and length.isdigit()) or len(length) > 18:
            raise BadRequest
        if int(length) > LARGEST_BODY:
            raise PayloadTooLarge
        return int(length)

    def handle_expect_100(self) -> bool:
        """Refuse a body before it is sent."""
        try:
            self._length()
        except Refusal as refusal:
            self._refuse(refusal)
            return False
        return super().handle_expect_100()

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Called by the base class for a head that it cannot read."""
        self._refuse(REFUSALS.get(code, BadRequest)())

    def _refuse(self, refusal: Refusal) -> None:
        """Answer, and close: what follows on this connection may be the rest of a body."""
        self.close_connection = True
        self._send(problem(refusal, str(uuid.uuid4())))
        with contextlib.suppress(OSError):  # the client may have gone first
            self.connection.shutdown(socket.SHUT_WR)
            self._drain()

    def _drain(self) -> None:
        """Read on for a moment; closing with unread input would reset the connection under the answer."""
        ends = time.monotonic() + LINGER
        self.connection.settimeout(LINGER)
        while time.monotonic() < ends and self.connection.recv(65_536):
            pass

    def _send(self, answer: Answer) -> None:
        more = [("Date", formatdate(usegmt=True))]
        if self.close_connection:
            more.append(("Connection", "close"))
        self.wfile.write(answer.on_the_wire(self.command, more))

    def log_message(self, *_: object) -> None:
        """Say nothing: the gateway writes its own line for each request."""
