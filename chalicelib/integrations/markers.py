"""Markers: what tells our objects from everybody else's where a vendor has only a description for it."""

from __future__ import annotations


def marker(slug: str) -> str:
    return f"dezky:{slug}"


def carries(text: str | None, slug: str) -> bool:
    """Does `text` hold the marker as a word of its own? That of acme is not in that of acme-2."""
    return marker(slug) in (text or "").split()
