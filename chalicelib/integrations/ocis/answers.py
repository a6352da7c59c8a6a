"""oCIS: what all calls to its LibreGraph API share."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.errors import TryLater

VENDOR = "oCIS"


def segment(text: str) -> str:
    """`text` as one step of a path: names hold @ and +, ids of spaces hold $ and !."""
    return quote(text, safe="")


def moved(what: str) -> TryLater:
    """`what` was there a moment ago. A 404 is "gone or forbidden": only the next look at the lists tells."""
    return TryLater("moved", f"{VENDOR} no longer shows us {what} that was just there")
