"""The issuers whose tokens count, each with the one audience, algorithm and key set that belong to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.config import Settings
from chalicelib.errors import Misconfigured

ISSUER, AUDIENCE, ALGORITHM = "AUTHENTIK_ISSUER", "AUTHENTIK_AUDIENCE", "AUTHENTIK_ALGORITHM"
ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/")  # no userinfo, no query
PRINTABLE = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """One Authentik application: who signs, for whom, how, and where its public keys are."""

    issuer: str
    audience: str
    algorithm: str
    key_set_url: str


def trusted_issuers(settings: Settings) -> tuple[TrustedIssuer, ...]:
    """The issuers of the configuration, paired with their audiences by position.

    Raises   Misconfigured, naming the variable, for anything that is not one plain pair per application
    Source   authentik documentation, OAuth2 provider: per-application issuer and JWKS address
    """
    issuers = _entries(ISSUER, settings.issuers)
    audiences = _entries(AUDIENCE, settings.audiences)
    algorithms = _entries(ALGORITHM, settings.algorithms)
    if len(issuers) != len(audiences):
        raise Misconfigured(f"{ISSUER} and {AUDIENCE} are paired by position and must be equally long")
    if len(algorithms) not in {1, len(issuers)}:
        raise Misconfigured(f"{ALGORITHM} must hold one algorithm for all issuers, or one for each")
    _check_issuers(issuers, is_local=settings.is_local)
    _check_audiences(audiences)
    _check_algorithms(algorithms)
    if len(algorithms) == 1:
        algorithms *= len(issuers)
    return tuple(map(_trusted, issuers, audiences, algorithms))


def _trusted(issuer: str, audience: str, algorithm: str) -> TrustedIssuer:
    # Not discovered: an address read from the network is one more thing that can be turned against us.
    return TrustedIssuer(issuer, audience, algorithm, key_set_url=f"{issuer}jwks/")


def _entries(variable: str, value: str) -> list[str]:
    if not value.strip():
        raise Misconfigured(f"{variable} is not set")
    entries = [entry.strip() for entry in value.split(",")]
    if not all(entries):
        raise Misconfigured(f"{variable} has an empty entry")
    return entries


def _check_issuers(issuers: list[str], *, is_local: bool) -> None:
    def all_are(rule: Callable[[str], object], complaint: str) -> None:
        if not all(map(rule, issuers)):
            raise Misconfigured(f"{ISSUER} {complaint}")

    if not is_local:
        all_are(lambda issuer: issuer.startswith("https://"), "must use https outside a laptop")
    all_are(lambda issuer: issuer.endswith("/"), "must have a slash at the end of each entry")
    all_are(PLAIN_URL.fullmatch, "must be plain addresses: no user, query or fragment")
    _check_distinct(ISSUER, issuers)


def _check_audiences(audiences: list[str]) -> None:
    if not all(map(PRINTABLE.fullmatch, audiences)):
        raise Misconfigured(f"{AUDIENCE} must be client ids: printable ASCII without blanks")
    _check_distinct(
        AUDIENCE, audiences
    )  # a shared client id would let one application's token into the other


def _check_algorithms(algorithms: list[str]) -> None:
    if not ALGORITHMS.issuperset(algorithms):
        raise Misconfigured(f"{ALGORITHM} must be one of {', '.join(sorted(ALGORITHMS))}")


def _check_distinct(variable: str, entries: list[str]) -> None:
    if len(set(entries)) != len(entries):
        raise Misconfigured(f"{variable} names the same entry twice")
