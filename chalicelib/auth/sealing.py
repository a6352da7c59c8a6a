"""Sealing: what a browser or a database keeps for us without being able to read or change it."""

from __future__ import annotations

import base64
import binascii
import os
import re
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.domain.secret import Secret, secret
from chalicelib.errors import Misconfigured

KEY = 32  # bytes: AES-256
NONCE = 12  # bytes, random: good for 2^32 seals under one key (NIST SP 800-38D, 8.3)
LONGEST = 16 * 1024  # characters; tokens with many groups are long
ENTRY = re.compile(r"([a-z0-9]{1,16}):([A-Za-z0-9_-]{43})")
SEALED = re.compile(r"([a-z0-9]{1,16})\.([A-Za-z0-9_-]+)")

Keys = dict[str, AESGCM]


class KeyRing:
    """AES-256-GCM; the first key seals, every key opens.

    Surface, purpose and key id are part of what is authenticated: what was sealed for one thing opens as
    nothing else, and a surface's key opens nothing of another surface even if both were given the same key.

    surface  "operator" or "customer"
    keys     newest first, "k2:<32 bytes in base64url>,k1:…". To rotate: put a new one in front, and take the
             old one away when what it sealed is over (8 hours)
    """

    def __init__(self, surface: str, keys: str | Secret, variable: str = "SESSION_KEYS") -> None:
        self._surface = surface
        self._secret = secret(keys)
        self._variable = variable

    def seal(self, purpose: str, plain: bytes) -> str:
        """Raises Misconfigured, or Unavailable while the keys cannot be read."""
        key_id, key = next(iter(self._keys().items()))
        nonce = os.urandom(NONCE)
        sealed = nonce + key.encrypt(nonce, plain, self._context(purpose, key_id))
        return f"{key_id}.{_encoded(sealed)}"

    def open(self, purpose: str, sealed: str) -> bytes | None:
        """What was sealed for that purpose; None for anything else, whatever is wrong with it."""
        parts = SEALED.fullmatch(sealed) if len(sealed) <= LONGEST else None
        key = self._keys().get(parts[1]) if parts else None
        raw = _decoded(parts[2]) if parts else None
        if parts is None or key is None or raw is None:
            return None
        try:
            return key.decrypt(raw[:NONCE], raw[NONCE:], self._context(purpose, parts[1]))
        except (InvalidTag, ValueError):
            return None

    def is_current(self, sealed: str) -> bool:
        """Was it sealed with the key that seals now?"""
        return sealed.partition(".")[0] == next(iter(self._keys()))

    def check(self) -> None:
        """Raises Misconfigured when the keys are not as they have to be."""
        self._keys()

    def _keys(self) -> Keys:
        return _parsed(self._secret.value(), self._variable)

    def _context(self, purpose: str, key_id: str) -> bytes:
        return f"dezky-seal-1\0{self._surface}\0{purpose}\0{key_id}".encode()


@lru_cache(maxsize=8)
def _parsed(text: str, variable: str) -> Keys:
    """Raises Misconfigured."""
    found = [ENTRY.fullmatch(entry.strip()) for entry in text.split(",")]
    keys = {each[1]: _decoded(each[2]) for each in found if each}
    if len(keys) != len(found) or len(set(keys.values())) != len(keys) or None in keys.values():
        raise Misconfigured(f"{variable} must hold distinct keys as name:value, 32 bytes in base64url each")
    return {name: AESGCM(key) for name, key in keys.items() if key}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes | None:
    """`text` decoded, if it is the one way to write its bytes: no other text may mean the same."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return None
    return raw if _encoded(raw) == text else None
