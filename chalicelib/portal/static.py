"""Static files under names that hold a hash of their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: str
    media_type: str


def hashed_name(name: str) -> str:
    """portal.css -> portal.1f3a5b7c9d.css. Raises KeyError for a file that is not there."""
    return _names()[name]


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file by its hashed name; what is not named here does not exist."""
    return {hashed: StaticFile(_content(name), TYPES[Path(name).suffix]) for name, hashed in _names().items()}


@cache
def _names() -> dict[str, str]:
    return {path.name: _hashed(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def _hashed(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"{path.stem}.{digest}{path.suffix}"


def _content(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
