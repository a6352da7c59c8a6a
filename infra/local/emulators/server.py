"""A threaded server for the emulators: keep-alive, no Nagle delay, and a stop that waits for no client."""

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from infra.local.emulators.bodies import body_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

POLL = 0.02  # seconds between two looks at the wish to stop
BODILESS = {"204", "304"}


def serve(app: Flask, port: int, host: str = "127.0.0.1") -> "Server":
    """A server bound to `host` and `port` (0 takes a free one); nothing is answered before `start`."""
    return Server(_Listener(host, port, app, handler=_Handler))


class Server:
    """One emulator on one port. Also a context manager: starts on entry, stops on exit."""

    def __init__(self, listener: "_Listener") -> None:
        self._listener = listener
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._listener.port)

    @property
    def url(self) -> str:
        return f"http://{self._listener.host}:{self.port}"

    def start(self) -> None:
        """Answer in the background from now on."""
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(POLL,), name=f"emulator-{self.port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Free the port and close every connection, idle keep-alive ones included; safe to repeat."""
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
            self._thread = None
        self._listener.server_close()
        self._listener.close_connections()

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: with Nagle each answer waits 40 ms

    def run_wsgi(self) -> None:
        """Answer one request and keep the connection, which werkzeug's own method closes each time."""
        environ = self.make_environ()
        try:
            self._answer(environ)
        except (ConnectionError, TimeoutError) as error:
            self.close_connection = True
            self.connection_dropped(error, environ)

    def _answer(self, environ: "WSGIEnvironment") -> None:
        body_of(environ)  # a body that nobody reads would be taken for the next request
        parts, status, headers = run_wsgi_app(self.server.app, environ)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if "Content-Length" not in headers and code not in BODILESS:
            self.send_header("Connection", "close")  # the end of the connection is the end of the body
        self.end_headers()
        for part in parts:
            self.wfile.write(part)

    def log(self, *_: object, **__: object) -> None:
        """Say nothing: addresses carry names of people, and the journal has what tests need."""


class _Listener(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(*arguments, **more)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Wake every thread that waits for a next request, so that it ends."""
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):  # the client may have gone first
                connection.shutdown(socket.SHUT_RDWR)
