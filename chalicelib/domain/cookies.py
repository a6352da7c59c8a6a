"""Cookies of the portals: read strictly, written with every flag that a session's cookie has to have."""

from __future__ import annotations

from collections import Counter

LONGEST_HEADER = 32 * 1024  # characters
# The prefix __Host- makes browsers insist on Secure, on Path=/ and on no Domain: no sibling host can set one.
FLAGS = "Path=/; Secure; HttpOnly; SameSite=Lax"  # Lax: the provider sends people back from its own site


def cookies(header: str | None) -> dict[str, str]:
    """The cookies of a Cookie header. A name that comes twice counts as not sent: which would be ours?"""
    if header is None or len(header) > LONGEST_HEADER:
        return {}
    pairs = [each.strip().partition("=") for each in header.split(";")]
    times = Counter(name for name, _, _ in pairs)
    return {name: value for name, _, value in pairs if times[name] == 1}


def written(name: str, value: str, seconds: int | None = None) -> str:
    """A Set-Cookie header. Without `seconds` the cookie goes when the browser is closed."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{name}={value}; {FLAGS}{age}"


def cleared(name: str) -> str:
    return written(name, "", 0)
