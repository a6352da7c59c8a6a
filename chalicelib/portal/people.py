"""Users, ready for showing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def application(issuer: str) -> str:
    """The provider's application that someone signs in at: its name is the end of the issuer's address."""
    return issuer.rstrip("/").rpartition("/")[2]


def pair(word: str) -> tuple[str, str]:
    """A word that is its own label, for `ui.choice`."""
    return word, word


def choice(user: Mapping[str, Any]) -> tuple[str, str]:
    """Someone to choose, for `ui.choice`."""
    return user["id"], user["name"] or user["email"] or user["id"]
