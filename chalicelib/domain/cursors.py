"""Cursors: the position in a list, sealed to that list and its reader."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from chalicelib.domain.secret import Secret
from chalicelib.errors import BadCursor, Misconfigured

MAC_BYTES = 16
SHORTEST_KEY = 32


class Cursors:
    """`key` signs; it is not secret data that a cursor holds, but a position that only we may set.

    A key that is changed ends the lists that are being read, as BadCursor says. Each method raises
    Unavailable when the key cannot be read, Misconfigured when it is too short.
    """

    def __init__(self, key: Secret) -> None:
        self._key = key

    def seal(self, position: str, scope: str) -> str:
        """`scope` says which list, filter, order and reader; the cursor works for no other."""
        content = position.encode()
        return base64.urlsafe_b64encode(self._mac(content, scope) + content).decode().rstrip("=")

    def open(self, cursor: str, scope: str) -> str:
        """Raises BadCursor for one that was changed, made up, or belongs to another list."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            mac, content = sealed[:MAC_BYTES], sealed[MAC_BYTES:]
        except (binascii.Error, ValueError):
            raise BadCursor from None
        if not hmac.compare_digest(mac, self._mac(content, scope)):
            raise BadCursor
        return content.decode()

    def _mac(self, content: bytes, scope: str) -> bytes:
        key = self._key.value()
        if len(key) < SHORTEST_KEY:
            raise Misconfigured(f"CURSOR_KEY must have at least {SHORTEST_KEY} characters")
        return hmac.new(key.encode(), scope.encode() + b"\x00" + content, hashlib.sha256).digest()[:MAC_BYTES]
