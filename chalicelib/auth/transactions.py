"""Transactions: a sign-in under way, kept sealed in a cookie of the browser that began it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from pydantic import Field, ValidationError

from chalicelib.auth.surface import Surface
from chalicelib.domain.cookies import cleared, cookies, written
from chalicelib.domain.model import Model
from chalicelib.errors import SignInRefused

KEPT = timedelta(minutes=10)
PURPOSE = "sign-in"
AT_ONCE = 5  # sign-ins of one browser; the cookies of those that were given up must not pile up


class Transaction(Model):
    """
    state      comes back beside the code: the browser that began is the one that ends
    nonce      comes back within the id token: the code was not somebody else's
    verifier   shown when the code is redeemed: whoever steals the code has nothing (PKCE)
    return_to  the page within the portal that was wanted
    """

    state: str = Field(repr=False)
    nonce: str = Field(repr=False)
    verifier: str = Field(repr=False)
    return_to: str
    began_at: datetime

    @property
    def key(self) -> str:
        """Names the transaction among all that were ever used up."""
        return hashlib.sha256(f"sign-in\0{self.state}".encode()).hexdigest()


def begun(return_to: str, now: datetime) -> Transaction:
    return Transaction(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),  # 64 characters; RFC 7636 wants 43 to 128
        return_to=return_to,
        began_at=now,
    )


def cookie_of(surface: Surface, transaction: Transaction) -> str:
    """The Set-Cookie that keeps the transaction."""
    sealed = surface.keys.seal(PURPOSE, transaction.model_dump_json().encode())
    return written(surface.transaction_cookie(transaction.state), sealed, int(KEPT.total_seconds()))


def transaction_of(surface: Surface, state: str, cookie_header: str | None, now: datetime) -> Transaction:
    """The transaction that this browser began under that state. Raises SignInRefused."""
    sealed = cookies(cookie_header).get(surface.transaction_cookie(state))
    if sealed is None:
        raise SignInRefused("no-transaction")
    plain = surface.keys.open(PURPOSE, sealed)
    try:
        transaction = Transaction.model_validate_json(plain or b"")
    except ValidationError:
        raise SignInRefused("bad-transaction") from None  # the error's text quotes it
    if not hmac.compare_digest(transaction.state.encode(), state.encode()):
        raise SignInRefused("wrong-state")
    if not timedelta(0) <= now - transaction.began_at < KEPT:
        raise SignInRefused("old-transaction")
    return transaction


def surplus(surface: Surface, cookie_header: str | None) -> list[str]:
    """The Set-Cookies that take away what sign-ins left behind that were given up."""
    left = [name for name in cookies(cookie_header) if name.startswith(surface.transaction_prefix)]
    return [cleared(name) for name in left] if len(left) >= AT_ONCE else []
