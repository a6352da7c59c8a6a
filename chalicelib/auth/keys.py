"""Signing keys by issuer: cached per container, looked up again when they age or an unknown one is named."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.jwk import PublicKey, usable_keys
from chalicelib.errors import KeysUnavailable, TokenRefused

log = logging.getLogger(__name__)

# All in seconds.
MAX_AGE = 15 * 60  # a withdrawn key is dead after this
MAX_STALE = 60 * 60  # how much longer the last good set serves while its issuer gives no other
HOLD_OFF = (
    10  # between two looks, whoever asks: a flood of made-up key ids neither causes more nor delays one
)
EMPTY_HOLD_OFF = 1  # the same while there is nothing to serve


class KeySets:
    """The key sets of all issuers. Safe to share between threads; one issuer never waits for another.

    fetch   address of a key set -> its bytes, or KeysUnavailable
    clock   seconds since 1970
    """

    def __init__(self, fetch: Callable[[str], bytes], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._shelves: dict[str, _Shelf] = {}

    def key_for(self, issuer: TrustedIssuer, kid: str) -> PublicKey:
        """The key that `issuer` publishes under `kid`.

        Raises   TokenRefused (unknown-key), or KeysUnavailable when there is no set that could tell
        """
        shelf = self._shelves.get(issuer.issuer) or self._shelves.setdefault(issuer.issuer, _Shelf())
        key = shelf.fresh_key(kid, self._clock())
        if key is None:
            self._look_again(issuer, shelf, kid)
            key = shelf.usable_key(kid, self._clock())
        return key

    def _look_again(self, issuer: TrustedIssuer, shelf: _Shelf, kid: str) -> None:
        looks = shelf.looks
        with shelf.lock:
            if shelf.looks != looks:
                return  # someone looked while we waited; what they found, or failed to find, is ours too
            now = self._clock()
            if shelf.fresh_key(kid, now) is None and shelf.may_look(now):
                self._look(issuer, shelf, now)

    def _look(self, issuer: TrustedIssuer, shelf: _Shelf, now: float) -> None:
        shelf.looked_at = now
        try:
            shelf.restock(usable_keys(self._fetch(issuer.key_set_url), issuer.algorithm), now)
        except KeysUnavailable as error:
            log.warning("key set unavailable", extra={"issuer": issuer.issuer, "cause": str(error)})
        finally:
            shelf.looks += 1


class _Shelf:
    """One issuer's last good set. `looks` counts looks that have ended, well or not."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.looks = 0
        self.looked_at = float("-inf")
        self._stock: tuple[dict[str, PublicKey], float] | None = (
            None  # replaced whole, so readers need no lock
        )

    def restock(self, keys: dict[str, PublicKey], now: float) -> None:
        self._stock = (keys, now)

    def may_look(self, now: float) -> bool:
        pause = HOLD_OFF if self._stock else EMPTY_HOLD_OFF
        return not 0 <= now - self.looked_at < pause  # a clock set back must not lock us out

    def fresh_key(self, kid: str, now: float) -> PublicKey | None:
        """The key, if it is known and its set is young enough to be believed without asking."""
        if self._stock is None:
            return None
        keys, stocked_at = self._stock
        return keys.get(kid) if 0 <= now - stocked_at < MAX_AGE else None

    def usable_key(self, kid: str, now: float) -> PublicKey:
        """The key out of the last good set, after the issuer has been asked or is left in peace."""
        if self._stock is None:
            raise KeysUnavailable("There is no key set of this issuer yet")
        keys, stocked_at = self._stock
        if now - stocked_at >= MAX_AGE + MAX_STALE:
            raise KeysUnavailable("The last key set of this issuer is too old")
        if kid not in keys:
            raise TokenRefused("unknown-key")
        return keys[kid]
