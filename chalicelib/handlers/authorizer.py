"""The gateway asks who is calling; any verified token gets in, and what it may do is decided inside."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable
from functools import cache

from chalice.app import AuthRequest, AuthResponse

from chalicelib.auth.issuers import trusted_issuers
from chalicelib.auth.keys import KeySets
from chalicelib.auth.principal import Principal
from chalicelib.auth.tokens import MAX_TOKEN
from chalicelib.auth.verifier import Verifier
from chalicelib.config import settings
from chalicelib.errors import TokenRefused
from chalicelib.integrations.key_sets import fetch_key_set

log = logging.getLogger(__name__)

BEARER = re.compile(r"bearer +([!-+\--~]+)", re.IGNORECASE | re.ASCII)  # printable, without blank and comma
MAX_CONTEXT = 8 * 1024  # bytes


def authorize(request: AuthRequest) -> AuthResponse:
    """Let `request` in, with the principal as its context, or raise `Unauthorized`."""
    return decided(request, verifier)


def decided(request: AuthRequest, verifier: Callable[[], Verifier]) -> AuthResponse:
    """The gateway's answer; the same for every route, because the gateway caches it across routes.

    Raises   Exception("Unauthorized") for a refused token: these very words make the gateway answer 401;
             anything else, such as KeysUnavailable, is our failure and makes it answer 500
    Source   Amazon API Gateway developer guide, "Use API Gateway Lambda authorizers"
    """
    try:
        principal = _admitted(request.token, verifier())
        context = _bounded(principal.to_context())
    except TokenRefused as refusal:
        _log_refusal(refusal, request.token, verifier())
        raise Exception("Unauthorized") from None  # noqa: TRY002  # the gateway compares exactly this
    except Exception:
        log.exception("authorizer failed")  # the gateway answers 500: never let in, never blame the token
        raise
    return AuthResponse(routes=["*"], principal_id=_principal_id(principal), context=context)


@cache
def verifier() -> Verifier:
    """The verifier of this container. Not in `wiring`: an authorizer has no use for a database."""
    return Verifier(trusted_issuers(settings()), KeySets(fetch_key_set, time.time), time.time)


def _admitted(header: object, verifier: Verifier) -> Principal:
    return verifier.verify(_bearer_token(header))


def _bearer_token(header: object) -> str:
    """The token of an Authorization header. The scheme ignores case (RFC 9110, section 11.1)."""
    if not isinstance(header, str) or len(header) > MAX_TOKEN + 100:
        raise TokenRefused("no-bearer-token" if not isinstance(header, str) else "too-large")
    found = BEARER.fullmatch(header)
    if found is None:
        raise TokenRefused("no-bearer-token")
    return found[1]


def _bounded(context: dict[str, str]) -> dict[str, str]:
    """`context` as it is; a group left out in silence would be a right taken away, or a ban lifted."""
    if len(json.dumps(context, ensure_ascii=False).encode()) > MAX_CONTEXT:
        raise TokenRefused("context-too-large")
    return context


def _principal_id(principal: Principal) -> str:
    """Issuer and subject as 64 plain characters: access logs show it, and a subject can be an address."""
    return hashlib.sha256(f"{principal.issuer}|{principal.subject}".encode()).hexdigest()


def _log_refusal(refusal: TokenRefused, header: object, verifier: Verifier) -> None:
    found = BEARER.fullmatch(header) if isinstance(header, str) and len(header) <= MAX_TOKEN else None
    evidence = verifier.evidence(found[1]) if found else {}
    log.info("token refused", extra={"reason": refusal.reason} | evidence)
