"""Trail: the vendor's own ids of what one run asked it for, so that people find it in the vendor's logs."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib.domain.run import VendorRequest

MOST = 50  # the last ones: what failed comes last
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}")  # what anybody else puts into the header is not kept

_trail: ContextVar[deque[VendorRequest] | None] = ContextVar("trail", default=None)


@contextmanager
def followed() -> Iterator[None]:
    """Inside of it, requests are remembered."""
    token = _trail.set(deque(maxlen=MOST))
    try:
        yield
    finally:
        _trail.reset(token)


def note(method: str, status: int, request_id: str | None) -> None:
    """Remember a request that the vendor gave an id; nothing happens where nobody follows."""
    trail = _trail.get()
    if trail is not None and request_id and ID.fullmatch(request_id):
        trail.append(VendorRequest(id=request_id, method=method, status=status))


def noted() -> tuple[VendorRequest, ...]:
    """Those of the run under way."""
    return tuple(_trail.get() or ())
