"""One process of the stack: how it is started, when it is ready, and what it said last."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.waiting import is_answered

LAST_LINES = 12
AGAIN = 2.5  # seconds after which a process that missed its SIGTERM gets another; a stop may take two


@dataclass(frozen=True)
class Part:
    """A part of the stack: the command that runs it, and the ports that answer when it is ready."""

    name: str
    command: Sequence[str]
    ports: Sequence[int]


class Child:
    """A running part, with its log in `folder`/logs."""

    def __init__(self, part: Part, environment: Mapping[str, str], log: Path) -> None:
        self.part, self.log = part, log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._process = _started(part, environment, log)
        self._pending = set(part.ports)
        self._told = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_ready(self) -> bool:
        self._pending = {port for port in self._pending if not is_answered(port)}
        return not self._pending

    def is_dead(self) -> bool:
        return self._process.poll() is not None

    def exit_code(self) -> int | None:
        return self._process.poll()

    def last_lines(self) -> list[str]:
        return self.log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]

    def tell_to_stop(self) -> None:
        """SIGTERM, and once more after a while: a process that has just begun may miss the first."""
        now = time.monotonic()
        if not self.is_dead() and now - self._told > AGAIN:
            self._told = now
            self._process.terminate()

    def kill(self) -> None:
        if not self.is_dead():
            self._process.kill()

    def close(self) -> None:
        """Let go of the lifeline, and of the process once it has ended."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.wait()


def _started(part: Part, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    # A Ctrl-C reaches the whole process group; blocked here, it is for the supervisor alone to act on.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with log.open("wb") as file:
            return subprocess.Popen(  # noqa: S603 (commands are our own, from stack.py)
                part.command, env=dict(environment), stdin=subprocess.PIPE, stdout=file, stderr=file
            )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
