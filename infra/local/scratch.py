"""A second stack beside anything that runs already: on free ports, in a folder of its own.

Tests start one, and so does whatever takes pictures of the portals.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from infra.local.settings import PORTS, LocalSettings, from_environment
from infra.local.waiting import is_answered, until

READY = "Ctrl-C stops everything."
START = 180  # seconds, on a machine that does much else
STOP = 5  # seconds, promised


class NotReady(Exception):
    """The stack did not start; the message is what it said."""


def free_settings(folder: Path) -> LocalSettings:
    """Settings with ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        numbers = [str(probe.getsockname()[1]) for probe in probes]
    return from_environment({**dict(zip(PORTS, numbers, strict=True)), "LOCAL_FOLDER": str(folder)})


@contextlib.contextmanager
def running(folder: Path) -> Iterator["RunningStack"]:
    """A stack that is ready, with its demo data. Raises NotReady."""
    stack = RunningStack(free_settings(folder))
    try:
        stack.wait_until_ready()
        yield stack
    finally:
        stack.end()


class RunningStack:
    """`python -m infra.local.run` in a process group of its own."""

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        self._said = settings.folder.parent / f"{settings.folder.name}.out"
        environment = {**os.environ, **settings.variables()}
        command = [sys.executable, "-m", "infra.local.run"]
        with self._said.open("wb") as file:
            self.process = subprocess.Popen(  # noqa: S603 (the project's own command)
                command, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    @property
    def said(self) -> str:
        return self._said.read_text()

    def wait_until_ready(self) -> float:
        """Seconds until it was. Raises NotReady."""
        began = time.monotonic()
        until(lambda: READY in self.said or self.process.poll() is not None, START)
        if READY not in self.said:
            raise NotReady(self.said)
        return time.monotonic() - began

    def press_ctrl_c(self) -> tuple[int, float]:
        """Exit code, and the seconds that stopping took."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)  # a terminal signals the whole group
        code = self.process.wait(STOP * 4)
        return code, time.monotonic() - began

    def is_anything_left(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return any(map(is_answered, self.settings.ports().values()))
        return True

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(STOP * 4)
