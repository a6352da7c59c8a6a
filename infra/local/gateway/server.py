"""The gateway on its port: starts, stops, and loses no request in between."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from chalice.app import Chalice

from infra.local.gateway.connection import Connection
from infra.local.gateway.messages import Answer, Incoming
from infra.local.gateway.rest_api import RestApi

POLL = 0.02  # seconds between two looks at the wish to stop
PATIENCE = 2.0  # seconds that requests under way may take when the gateway stops


def serve(app: Chalice, port: int = 0, host: str = "127.0.0.1") -> "Gateway":
    """A gateway bound to `host` and `port` (0 takes a free one); nothing is answered before `start`."""
    return Gateway(_Listener((host, port), RestApi(app)))


class Gateway:
    """An app behind its gateway. Also a context manager: starts on entry, stops on exit."""

    def __init__(self, listener: "_Listener") -> None:
        self._listener = listener
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._listener.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Answer in the background from now on."""
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(POLL,), name="gateway", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Free the port, let requests under way end, close every connection; safe to repeat."""
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
            self._thread = None
        self._listener.server_close()
        self._listener.wait_until_idle(PATIENCE)
        self._listener.close_connections()

    def __enter__(self) -> "Gateway":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Listener(ThreadingMixIn, TCPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], api: RestApi) -> None:
        self._api = api
        self._open: set[socket.socket] = set()
        self._under_way = 0
        self._changed = threading.Condition()
        super().__init__(address, Connection)

    def answer(self, incoming: Incoming) -> Answer:
        return self._api.answer(incoming)

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, seconds)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._changed:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what can fail here is a client that went away in the middle."""

    def close_connections(self) -> None:
        """Wake every thread that waits for a next request, so that it ends."""
        with self._changed:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):  # the client may have gone first
                connection.shutdown(socket.SHUT_RDWR)
