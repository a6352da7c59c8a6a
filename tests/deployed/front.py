"""What DNS does for the three hosts: whatever comes in on loopback goes to MiniStack under the API's name."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DROPPED = {"connection", "transfer-encoding", "content-length", "date", "server"}
SLOW = 60  # seconds


@contextmanager
def front(port: int, ministack_port: int, host: str) -> Iterator[str]:
    """Its address."""

    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            behind = http.client.HTTPConnection("127.0.0.1", ministack_port, timeout=SLOW)
            try:
                given = self.headers["Host"].partition(":")[0]
                headers["Host"] = given if given.endswith(".test") else host
                behind.request(self.command, self.path, self.rfile.read(length), headers)
                answer = behind.getresponse()
                body = answer.read()
            finally:
                behind.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in DROPPED:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = forward  # noqa: N815 (the server's names)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", port), Forward) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{port}"
        server.shutdown()
        thread.join()
