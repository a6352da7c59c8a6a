"""Secret: a value that opens something, asked for at each use, so that it can be rotated meanwhile."""

from __future__ import annotations

from typing import Protocol


class Secret(Protocol):
    """It shows its value to whoever asks, and to nobody by its repr."""

    def value(self) -> str:
        """The value as it is now, perhaps remembered for a bounded time. Raises Unavailable."""

    def renewed(self, refused: str) -> str | None:
        """Another value than the one that was just refused, if there is one by now. Raises Unavailable."""


class PlainSecret:
    """One that stays what it is: out of a variable."""

    def __init__(self, value: str) -> None:
        self._value = value

    def value(self) -> str:
        return self._value

    def renewed(self, refused: str) -> None:
        """None: a variable changes with the next deploy only."""


def secret(value: str | Secret) -> Secret:
    return PlainSecret(value) if isinstance(value, str) else value
