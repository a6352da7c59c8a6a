"""A vendor that answers byte by byte what a test tells it to, on a free port."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections.abc import Callable, Iterator

import pytest

Script = bytes | Callable[[object], None]


def an_answer(body: object = None, status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP answer; `body` is JSON unless it is bytes. Headers: Content_Type="text/html"."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content_Type": "application/json", "Content_Length": str(len(content)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + content


class ScriptedVendor:
    """Answers each request with the next of `answers`; the last one is repeated."""

    def __init__(self) -> None:
        self.answers: list[Script] = [an_answer({})]
        self.requests: list[str] = []  # head and body of each
        self.connections = 0
        self.released = threading.Event()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        vendor = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                vendor.connections += 1
                while request := _read(self.rfile):
                    vendor.requests.append(request)
                    script = vendor.answers.pop(0) if len(vendor.answers) > 1 else vendor.answers[0]
                    if not isinstance(script, bytes):
                        with contextlib.suppress(ConnectionError):  # the client may hang up first
                            script(self.connection)
                        return
                    self.wfile.write(script)

        return Handler


def _read(stream: socketserver.BufferedIOBase) -> str:
    head = ""
    while (line := stream.readline().decode()) not in {"\r\n", ""}:
        head += line
    length = [
        line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length")
    ]
    return head + stream.read(int(length[0]) if length else 0).decode()


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    vendor = ScriptedVendor()
    yield vendor
    vendor.stop()
