"""What the identity provider says about itself, believed as far as it can do no harm."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.strict_json import strict_object
from chalicelib.errors import KeysUnavailable, ProviderAway

MAX_AGE = 15 * 60  # seconds
MAX_STALE = 60 * 60  # how much longer the last good answer serves while there is no other
HOLD_OFF = 5  # between two looks, so that nobody's clicks become a flood of them

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Metadata:
    """
    end_session, revocation  empty where the provider has none
    names_itself             it puts `iss` beside every code, so that one without it is somebody else's
    """

    authorization: str
    token: str
    end_session: str
    revocation: str
    names_itself: bool


class ProviderMetadata:
    """One issuer's discovery document, read when it is first needed and remembered for a while.

    fetch   address -> bytes, or KeysUnavailable
    clock   seconds since 1970
    """

    def __init__(
        self, issuer: TrustedIssuer, fetch: Callable[[str], bytes], clock: Callable[[], float]
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._looking = threading.Lock()
        self._known: tuple[Metadata, float] | None = None
        self._looked_at = float("-inf")

    def get(self) -> Metadata:
        """Raises ProviderAway when there is none, or none that may be believed."""
        with self._looking:
            if not self._is_known_for(MAX_AGE) and not self._is_within(HOLD_OFF, self._looked_at):
                self._look()
            if self._known is None or not self._is_known_for(MAX_AGE + MAX_STALE):
                raise ProviderAway("no-metadata")
            return self._known[0]

    def _look(self) -> None:
        self._looked_at = self._clock()
        try:
            raw = self._fetch(f"{self._issuer.issuer}.well-known/openid-configuration")
            self._known = (metadata_of(raw, self._issuer), self._clock())
        except KeysUnavailable:
            log.warning("metadata unavailable", extra={"issuer": self._issuer.issuer})
        except ValueError as error:
            reason = {"issuer": self._issuer.issuer, "reason": str(error)}
            log.error("metadata refused", extra=reason)  # noqa: TRY400 (nothing to trace: it is their document)

    def _is_known_for(self, seconds: float) -> bool:
        return self._known is not None and self._is_within(seconds, self._known[1])

    def _is_within(self, seconds: float, since: float) -> bool:
        """A clock that was set back makes everything old, never young for ever."""
        return 0 <= self._clock() - since < seconds


def metadata_of(raw: bytes, issuer: TrustedIssuer) -> Metadata:
    """The metadata, when it is that issuer's, can do what we insist on, and leads nowhere else.

    Raises   ValueError with a reason code
    Source   OpenID Connect Discovery 1.0, 4.3; RFC 9700 2.1.1 (PKCE with S256); RFC 9207
    """
    try:
        document = strict_object(raw)
    except ValueError:
        raise ValueError("not-json") from None
    if document.get("issuer") != issuer.issuer:
        raise ValueError("other-issuer")
    if "S256" not in _list(document, "code_challenge_methods_supported"):
        raise ValueError("no-s256")
    if issuer.algorithm not in _list(document, "id_token_signing_alg_values_supported"):
        raise ValueError("other-algorithm")
    if _endpoint(document, "jwks_uri", issuer) != issuer.key_set_url:
        raise ValueError("other-key-set")
    return Metadata(
        authorization=_needed(document, "authorization_endpoint", issuer),
        token=_needed(document, "token_endpoint", issuer),
        end_session=_endpoint(document, "end_session_endpoint", issuer),
        revocation=_endpoint(document, "revocation_endpoint", issuer),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _needed(document: dict[str, object], name: str, issuer: TrustedIssuer) -> str:
    endpoint = _endpoint(document, name, issuer)
    if not endpoint:
        raise ValueError(f"no-{name}")
    return endpoint


def _endpoint(document: dict[str, object], name: str, issuer: TrustedIssuer) -> str:
    """Only on the issuer's own host: codes, secrets and people are sent there."""
    endpoint = document.get(name)
    if not endpoint:
        return ""
    if not isinstance(endpoint, str):
        raise ValueError(f"bad-{name}")  # noqa: TRY004 (their document is wrong, not our program)
    ours, theirs = urlsplit(issuer.issuer), urlsplit(endpoint)
    is_plain = not (theirs.query or theirs.fragment) and endpoint.isascii() and endpoint.isprintable()
    if (theirs.scheme, theirs.netloc) != (ours.scheme, ours.netloc) or not is_plain:
        raise ValueError(f"foreign-{name}")
    return endpoint


def _list(document: dict[str, object], name: str) -> list[object]:
    value = document.get(name)
    return value if isinstance(value, list) else []
