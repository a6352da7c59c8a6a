"""The past of a vendor: copies of a database lag behind, and answer as was true a moment ago."""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

OLDEST = 20.0  # seconds that an answer may be out of date


class Lagging(ABC):
    """A vendor that remembers what it held before each of its last writes."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._past: deque[tuple[float, bytes]] = deque()

    @abstractmethod
    def held(self) -> Any: ...

    @abstractmethod
    def become(self, state: Any) -> None: ...

    @abstractmethod
    def answer(self, request: Any) -> Any: ...

    @abstractmethod
    def pretending(self) -> AbstractContextManager[None]: ...

    def remember(self) -> None:
        """A write is about to come."""
        self._forget()
        self._past.append((self._seconds(), pickle.dumps(self.held())))

    def answer_late(self, request: Any) -> Any:
        """What was the answer before the first write of the last OLDEST seconds."""
        self._forget()
        if not self._past:
            return self.answer(request)
        with self.pretending():
            self.become(pickle.loads(self._past[0][1]))  # noqa: S301 (our own)
            return self.answer(request)

    def _forget(self) -> None:
        while self._past and self._past[0][0] < self._seconds() - OLDEST:
            self._past.popleft()
