"""Starts the parts of the stack, watches them, and stops them all."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from infra.local.child import Child, Part

LOOK = 0.02  # seconds between two looks while something starts or stops
WATCH = 0.2  # and while nothing does
START = 60.0  # seconds that the parts may take to get ready
STOP = 4.7  # seconds until SIGKILL, of the five that a stop may take; the database alone needs two
LAST_STARTED = 2.0  # seconds of them for the part that was started last


class Stopped(Exception):
    """Someone wants the stack to stop."""


class PartFailed(Exception):
    """A part ended, or did not get ready; the message holds the end of its log."""


class Supervisor:
    """Children in the supervisor's own process group, each with its log in `folder`/logs."""

    def __init__(self, environment: Mapping[str, str], folder: Path, say: Callable[[str], None]) -> None:
        self._environment, self._folder, self.say = environment, folder, say
        self._children: list[Child] = []
        self._signs = 0  # a plain number: an Event set by a signal handler can deadlock with its waiter

    def ask_to_stop(self, *_: object) -> None:
        """A signal handler: the first call stops in order, the second kills."""
        self._signs += 1

    def start(self, part: Part) -> Child:
        """Start `part`; it is not ready yet."""
        child = Child(part, self._environment, self._folder / "logs" / f"{part.name}.log")
        self._children.append(child)
        return child

    def wait_until_ready(self, children: Sequence[Child]) -> None:
        """Say each part that gets ready. Raises PartFailed, Stopped."""
        began, waiting = time.monotonic(), list(children)
        while waiting:
            for child in [child for child in waiting if child.is_ready()]:
                waiting.remove(child)
                self.say(f"  {child.part.name:<12} ready")
            self._look(LOOK)
            if time.monotonic() - began > START:
                raise PartFailed(_told(waiting[0], f"is not ready after {START:.0f} seconds"))

    def finish(self, child: Child) -> None:
        """Wait for a command that ends by itself. Raises PartFailed when it fails, Stopped."""
        while not child.is_dead():
            self._look(LOOK)
        self._children.remove(child)
        child.close()
        if child.exit_code() != 0:
            raise PartFailed(_told(child, f"failed with exit code {child.exit_code()}"))

    def watch(self) -> NoReturn:
        """Look after the children for as long as nobody wants to stop. Raises PartFailed, Stopped."""
        while True:
            self._look(WATCH)

    def stop(self) -> None:
        """End every child, the last one first, for it works with the others.

        SIGTERM, then SIGKILL for what is left after its time or a second Ctrl-C.
        """
        began = time.monotonic()
        self._end(self._children[-1:], began + LAST_STARTED)
        self._end(self._children[:-1], began + STOP)

    def _end(self, children: Sequence[Child], ends: float) -> None:
        while any(not child.is_dead() for child in children):
            if time.monotonic() > ends or self._signs > 1:
                break
            for child in children:
                child.tell_to_stop()
            time.sleep(LOOK)
        for child in children:
            child.kill()
            child.close()

    def _look(self, pause: float) -> None:
        time.sleep(pause)
        if self._signs:
            raise Stopped
        for child in self._children:
            if child.part.ports and child.is_dead():
                raise PartFailed(_told(child, f"ended by itself with exit code {child.exit_code()}"))


def _told(child: Child, what: str) -> str:
    lines = [f"The {child.part.name} {what}. The end of {child.log}:", *child.last_lines()]
    return "\n    ".join(lines)
