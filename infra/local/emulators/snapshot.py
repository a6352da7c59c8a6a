"""What an emulator remembers between two runs: one JSON file, replaced whole."""

import json
import os
import threading
from pathlib import Path
from typing import Any


class SnapshotUnreadable(Exception):
    """The file is there but holds no JSON object; deleting it starts afresh."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no snapshot of an emulator; delete it to start afresh")


class Snapshot:
    """A JSON object in a file, or in memory only when there is no path; safe to use from several threads."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept: str | None = None

    def load(self) -> dict[str, Any] | None:
        """What was saved last, None when nothing was. Raises SnapshotUnreadable."""
        with self._lock:
            text = self._text()
        return None if text is None else self._parsed(text)

    def save(self, state: dict[str, Any]) -> None:
        """Keep `state`; a reader sees the old file or the new one, never a part of either."""
        with self._lock:
            text = json.dumps(state, separators=(",", ":"))
            if self._path is None:
                self._kept = text
            else:
                _replace(self._path, text)

    def _text(self) -> str | None:
        if self._path is None:
            return self._kept
        return self._path.read_text("utf-8") if self._path.exists() else None

    def _parsed(self, text: str) -> dict[str, Any]:
        path = self._path or Path("memory")
        try:
            state = json.loads(text)
        except ValueError as error:
            raise SnapshotUnreadable(path) from error
        if not isinstance(state, dict):
            raise SnapshotUnreadable(path)
        return state


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    fresh.replace(path)
