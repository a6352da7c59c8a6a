"""Whether the stack's ports are free, said before anything starts."""

import socket
from collections.abc import Mapping

from infra.local.waiting import is_answered


class PortTaken(Exception):
    """The message names the port and the variable that moves it."""


def check(ports: Mapping[str, int]) -> None:
    """Raises PortTaken for the first port that cannot be had, or that two variables name."""
    seen: dict[int, str] = {}
    for variable, port in ports.items():
        if port in seen:
            raise PortTaken(
                f"{seen[port]} and {variable} are both {port}; each part needs a port of its own."
            )
        if not _is_free(port):
            raise PortTaken(
                f"Port {port} is taken by another program; move it with {variable}, "
                f"for example: {variable}={_another(ports)} make run"
            )
        seen[port] = variable


def _is_free(port: int) -> bool:
    """Asked twice: a listener on all addresses does not keep us from binding to loopback on every system."""
    return not is_answered(port) and _can_be_bound(port)


def _can_be_bound(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _another(ports: Mapping[str, int]) -> int:
    above = range(max(ports.values()) + 1, 65_536)
    return next((port for port in above if _is_free(port)), 0)
