"""Faults that can be switched on: which there are, which request each of them hits, and how often."""

import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from infra.local.emulators.journal import Arrival

ANSWERS = {"429": 429, "500": 500, "503": 503}
WITH_SECONDS = {"slow", *ANSWERS}
KINDS = (
    *("down", "slow", *ANSWERS, "drop-before-commit", "drop-after-commit"),
    *("empty-list", "lie", "truncate", "html"),
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
KNOWN = {"fault", "method", "path", "call", "times", "seconds"}
DEFAULT_DELAY = 1.0  # seconds


class NotAFault(ValueError):
    """The description of a fault makes no sense; the message says why."""


@dataclass(frozen=True)
class Fault:
    """A fault and the requests it is meant for; what is None matches every request."""

    kind: str
    method: str | None = None
    path: str | None = None  # a regular expression searched in the path, query excluded
    call: str | None = None  # a regular expression searched in the names of JMAP methods
    times: int | None = None
    seconds: float | None = None

    def hits(self, arrival: Arrival) -> bool:
        return self._concerns(arrival) and self._is_addressed_by(arrival)

    def _concerns(self, arrival: Arrival) -> bool:
        if self.kind == "lie":
            return arrival.is_write
        return self.kind != "empty-list" or not arrival.is_write

    def _is_addressed_by(self, arrival: Arrival) -> bool:
        return (
            self.method in {None, arrival.method}
            and (self.path is None or re.search(self.path, arrival.path.partition("?")[0]) is not None)
            and (self.call is None or any(re.search(self.call, name) for name in arrival.calls))
        )


@dataclass
class _Active:
    fault: Fault
    left: int | None
    cleared: threading.Event = field(default_factory=threading.Event)


class Faults:
    """The faults that are switched on, in the order of their arrival; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._active: dict[str, _Active] = {}

    def add(self, fault: Fault) -> str:
        """Switch `fault` on; the answer is its id."""
        with self._lock:
            name = str(next(self._numbers))
            self._active[name] = _Active(fault, left=fault.times)
            return name

    def clear(self, name: str | None = None) -> None:
        """Switch off all, or the one named; requests that a slow fault holds back go on at once."""
        with self._lock:
            for key in [key for key in self._active if name in {None, key}]:
                self._active.pop(key).cleared.set()

    def listed(self) -> list[dict[str, Any]]:
        """Each active fault as it was described, with its id and how often it will still strike."""
        with self._lock:
            return [_described(name, active) for name, active in self._active.items()]

    def strike(self, arrival: Arrival) -> Fault | None:
        """The first fault that hits the request, after every slow one that hits it held it back."""
        slow, fault = self._taken(arrival)
        for active in slow:
            active.cleared.wait(DEFAULT_DELAY if active.fault.seconds is None else active.fault.seconds)
        return fault

    def _taken(self, arrival: Arrival) -> tuple[list[_Active], Fault | None]:
        slow: list[_Active] = []
        with self._lock:
            for name, active in list(self._active.items()):
                if not active.fault.hits(arrival):
                    continue
                self._use_up(name, active)
                if active.fault.kind != "slow":
                    return slow, active.fault
                slow.append(active)
        return slow, None

    def _use_up(self, name: str, active: _Active) -> None:
        if active.left is not None:
            active.left -= 1
            if active.left == 0:
                del self._active[name]


def parsed(body: object) -> Fault:
    """The fault that a JSON body describes. Raises NotAFault."""
    if not isinstance(body, dict):
        raise NotAFault("a fault is a JSON object")
    if unknown := sorted(set(body) - KNOWN):
        raise NotAFault(f"unknown fields: {', '.join(unknown)}")
    kind = body.get("fault")
    if kind not in KINDS:
        raise NotAFault(f"fault must be one of {', '.join(KINDS)}")
    return Fault(
        kind=kind,
        method=_method(body.get("method")),
        path=_expression("path", body.get("path")),
        call=_expression("call", body.get("call")),
        times=_times(body.get("times")),
        seconds=_seconds(kind, body.get("seconds")),
    )


def _method(value: object) -> str | None:
    if value is not None and value not in METHODS:
        raise NotAFault(f"method must be one of {', '.join(METHODS)}")
    return None if value is None else str(value)


def _expression(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise NotAFault(f"{name} must be a regular expression")
    try:
        re.compile(value)
    except re.error as error:
        raise NotAFault(f"{name} must be a regular expression: {error}") from error
    return value


def _times(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise NotAFault("times must be a whole number above 0")
    return value


def _seconds(kind: str, value: object) -> float | None:
    if value is None:
        return None
    if kind not in WITH_SECONDS:
        raise NotAFault(f"seconds mean nothing to {kind}")
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 600:
        raise NotAFault("seconds must be a number from 0 to 600")
    return value


def _described(name: str, active: _Active) -> dict[str, Any]:
    fault = active.fault
    wishes = {"method": fault.method, "path": fault.path, "call": fault.call, "seconds": fault.seconds}
    given = {key: value for key, value in wishes.items() if value is not None}
    return {"id": name, "fault": fault.kind, **given, **({"times": active.left} if active.left else {})}
