"""Users, ready for showing."""

from __future__ import annotations


def application(issuer: str) -> str:
    """The provider's application that someone signs in at: its name is the end of the issuer's address."""
    return issuer.rstrip("/").rpartition("/")[2]
