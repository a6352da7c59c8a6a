"""SignIn: to the provider and back. What comes back is believed only where this browser has asked for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.auth.provider import Provider
from chalicelib.auth.surface import Surface
from chalicelib.auth.transactions import KEPT, Transaction, begun, cookie_of, surplus, transaction_of
from chalicelib.domain.cookies import cleared
from chalicelib.domain.ports import SpentOnce
from chalicelib.domain.session import Identity, Tokens
from chalicelib.errors import ProviderAway, SignInRefused

STATE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE = re.compile(r"[!-~]{1,1024}")
AGAIN = "login"  # the one prompt that may be asked for: sign in as somebody else
BUSY = frozenset({"temporarily_unavailable", "server_error"})

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the cookies that it takes along."""

    address: str
    cookies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Someone has signed in; `return_to` is the page within the portal that was wanted."""

    identity: Identity
    tokens: Tokens = field(repr=False)
    return_to: str


class SignIn:
    """The sign-in of one surface. `clock` is in seconds since 1970."""

    def __init__(
        self, surface: Surface, provider: Provider, spent: SpentOnce, clock: Callable[[], float]
    ) -> None:
        self._surface = surface
        self._provider = provider
        self._spent = spent
        self._clock = clock

    def departure(self, return_to: str, prompt: str, cookie_header: str | None) -> Departure:
        """Raises ProviderAway."""
        transaction = begun(self._surface.page_within(return_to), self._now())
        address = self._provider.sign_in_address(
            transaction.state, transaction.nonce, transaction.verifier, AGAIN if prompt == AGAIN else ""
        )
        cookies = (*surplus(self._surface, cookie_header), cookie_of(self._surface, transaction))
        return Departure(address, cookies)

    def arrival(self, query: Query, cookie_header: str | None) -> Arrival:
        """Raises SignInRefused, ProviderAway. Afterwards the transaction is used up, whatever came of it."""
        if any(len(values) != 1 for values in query.values()):
            raise SignInRefused("repeated-parameter")
        given = {name: values[0] for name, values in query.items()}
        transaction = self._transaction(given.get("state", ""), cookie_header)
        self._check_issuer(given.get("iss"))
        self._check_error(given.get("error"))
        code = given.get("code", "")
        if not CODE.fullmatch(code):
            raise SignInRefused("no-code")
        identity, tokens = self._provider.redeemed(code, transaction.verifier, transaction.nonce)
        self._check_group(identity, tokens)
        return Arrival(identity, tokens, transaction.return_to)

    def cleared_cookie(self, query: Query) -> list[str]:
        """The Set-Cookie that ends the transaction that the query names, if it names one."""
        states = query.get("state", ())
        return [cleared(self._surface.transaction_cookie(each)) for each in states if STATE.fullmatch(each)]

    def _transaction(self, state: str, cookie_header: str | None) -> Transaction:
        if not STATE.fullmatch(state):
            raise SignInRefused("no-state")
        transaction = transaction_of(self._surface, state, cookie_header, self._now())
        if not self._spent.spend(transaction.key, transaction.began_at + 2 * KEPT):
            raise SignInRefused("transaction-used")
        return transaction

    def _check_issuer(self, named: str | None) -> None:
        """Against mix-up: a code of another provider is never sent to ours. Source: RFC 9207 2.4."""
        if named is None and not self._provider.names_itself():
            return
        if named != self._surface.issuer.issuer:
            raise SignInRefused("wrong-issuer")

    def _check_error(self, error: str | None) -> None:
        if error is None:
            return
        if error in BUSY:
            raise ProviderAway("authorization-error")
        raise SignInRefused("provider-denied" if error == "access_denied" else "provider-error", "denied")

    def _check_group(self, identity: Identity, tokens: Tokens) -> None:
        """Rights hang on the groups of this very issuer, never on an address or a name."""
        group = self._surface.group
        if group and group not in identity.groups:
            self._provider.revoke(tokens)
            raise SignInRefused("not-in-group", "no-rights", identity.subject)

    def _now(self) -> datetime:
        moment = datetime.fromtimestamp(self._clock(), UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
