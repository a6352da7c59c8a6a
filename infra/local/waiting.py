"""Waiting for ports to be answered."""

import socket
import time
from collections.abc import Callable, Iterable

STEP = 0.03  # seconds between two looks


def is_answered(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def until_answered(ports: Iterable[int], seconds: float) -> bool:
    """Wait until each port was answered once, for at most `seconds`; whether all were."""
    waiting = set(ports)

    def is_done() -> bool:
        waiting.difference_update([port for port in waiting if is_answered(port)])
        return not waiting

    return until(is_done, seconds)


def until(is_true: Callable[[], bool], seconds: float) -> bool:
    """Look again and again, for at most `seconds`; whether it became true."""
    ends = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > ends:
            return False
        time.sleep(STEP)
    return True
