"""The DNS server on the wire: one port, UDP and TCP."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack

from infra.local.emulators.dns.answering import UDP, answer
from infra.local.emulators.dns.zones import Zones

POLL = 0.02  # seconds between two looks at the wish to stop
PATIENCE = 5.0  # seconds for the next question on one connection
LENGTH = struct.Struct("!H")


class DnsServer:
    """Bound to `port` of loopback (0 takes a free one). A context manager: starts on entry, stops on exit."""

    def __init__(self, zones: Zones, port: int = 0, host: str = "127.0.0.1") -> None:
        self._tcp = _Tcp((host, port), _Connection)
        self.port = int(self._tcp.server_address[1])
        with ExitStack() as undone:
            undone.callback(self._tcp.server_close)
            self._udp = _Udp((host, self.port), _Datagram)
            undone.pop_all()
        self._tcp.zones = self._udp.zones = zones
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        for server in (self._tcp, self._udp):
            thread = threading.Thread(target=server.serve_forever, args=(POLL,), name="dns", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Free the port; safe to repeat."""
        while self._threads:
            self._threads.pop()
            (self._udp if self._threads else self._tcp).shutdown()
        self._udp.server_close()
        self._tcp.server_close()

    def __enter__(self) -> "DnsServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    zones: Zones


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    zones: Zones


class _Datagram(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        wire, socket = self.request
        if reply := answer(self.server.zones, wire, UDP):
            socket.sendto(reply, self.client_address)


class _Connection(socketserver.StreamRequestHandler):
    server: _Tcp
    timeout = PATIENCE

    def handle(self) -> None:
        """Each message has its length before it (RFC 1035, 4.2.2)."""
        for wire in self._messages():
            if (reply := answer(self.server.zones, wire)) is None:
                return
            self.wfile.write(LENGTH.pack(len(reply)) + reply)

    def _messages(self) -> Iterator[bytes]:
        try:
            while len(head := self.rfile.read(LENGTH.size)) == LENGTH.size:
                (length,) = LENGTH.unpack(head)
                yield self.rfile.read(length)
        except OSError:
            return  # the client went, or says nothing any more
