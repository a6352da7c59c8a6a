"""The custom authorizer, asked and believed as API Gateway does."""

import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import ChaliceAuthorizer

from infra.local.gateway.events import Call
from infra.local.gateway.refusals import AuthorizerFailed, PolicyDenied, Refusal, Unauthorized
from infra.local.lambda_context import LambdaContext

log = logging.getLogger("gateway")
DEFAULT_TTL = 300  # seconds, where the authorizer names none
LARGEST_CACHE = 1000


@dataclass(frozen=True)
class Verdict:
    """What an authorizer returned, checked: a policy, and flat strings for the function."""

    statements: tuple[Mapping[str, Any], ...]
    context: Mapping[str, str]

    def allows(self, arn: str) -> bool:
        """Whether a statement allows the call and none denies it."""
        effects = {statement["Effect"] for statement in self.statements if _covers(statement, arn)}
        return effects == {"Allow"}


class Authorization:
    """Asks authorizers, and remembers each verdict by its token for the authorizer's `ttl_seconds`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._verdicts: dict[tuple[str, bytes], tuple[float, Verdict]] = {}  # with the moment each ends

    def context_for(self, authorizer: object, call: Call) -> Mapping[str, str]:
        """What the function learns about the caller; nothing on a route without authorizer.

        Raises   Unauthorized, PolicyDenied, AuthorizerFailed
        """
        if authorizer is None:
            return {}
        if not isinstance(authorizer, ChaliceAuthorizer):
            raise AuthorizerFailed("only custom authorizers run locally")
        token = call.incoming.header(authorizer.config.header)
        if not token:
            raise Unauthorized  # without asking: the gateway knows which header it needs
        verdict = self._verdict(authorizer, token, call)
        if not verdict.allows(call.method_arn):
            raise PolicyDenied
        return verdict.context

    def _verdict(self, authorizer: ChaliceAuthorizer, token: str, call: Call) -> Verdict:
        key = (authorizer.name, hashlib.sha256(token.encode()).digest())
        with self._lock:
            ends, verdict = self._verdicts.get(key, (0.0, None))
        if verdict is not None and self._clock() < ends:
            return verdict
        verdict = _asked(authorizer, token, call)
        self._remember(key, verdict, authorizer.config.ttl_seconds)
        return verdict

    def _remember(self, key: tuple[str, bytes], verdict: Verdict, ttl: int | None) -> None:
        seconds = DEFAULT_TTL if ttl is None else ttl
        with self._lock:
            while len(self._verdicts) >= LARGEST_CACHE:
                del self._verdicts[next(iter(self._verdicts))]  # the oldest
            self._verdicts[key] = (self._clock() + seconds, verdict)


def _asked(authorizer: ChaliceAuthorizer, token: str, call: Call) -> Verdict:
    event = {"type": "TOKEN", "authorizationToken": token, "methodArn": call.method_arn}
    context: Any = LambdaContext(authorizer.name)  # declared as a dict, which no Lambda ever gets
    try:
        returned = authorizer(event, context)
    except Exception as error:
        raise _refusal(error, call) from error
    try:
        return _checked(returned)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("authorizer answered nonsense", extra={"request_id": call.request_id})
        raise AuthorizerFailed from error


def _refusal(error: Exception, call: Call) -> Refusal:
    """Exactly "Unauthorized" means a bad token; anything else that is raised is a failure of ours."""
    if str(error) == "Unauthorized":
        return Unauthorized()
    log.error("authorizer failed", exc_info=error, extra={"request_id": call.request_id})
    return AuthorizerFailed()


def _checked(returned: Any) -> Verdict:
    statements = tuple(returned["policyDocument"]["Statement"])
    for statement in statements:
        if statement["Effect"] not in {"Allow", "Deny"}:
            raise ValueError("a statement neither allows nor denies")
        list(_resources(statement))
    context = {name: _flat(value) for name, value in (returned.get("context") or {}).items()}
    return Verdict(statements, {**context, "principalId": _flat(returned["principalId"])})


def _flat(value: object) -> str:
    """A context value as the function sees it. Raises ValueError for one that is not flat."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError("the context holds a value that is no string, number or boolean")


def _covers(statement: Mapping[str, Any], arn: str) -> bool:
    return any(re.fullmatch(_pattern(resource), arn, re.DOTALL) for resource in _resources(statement))


def _resources(statement: Mapping[str, Any]) -> Iterator[str]:
    resources = statement["Resource"]
    for resource in [resources] if isinstance(resources, str) else resources:
        if not isinstance(resource, str):
            raise TypeError("a resource is a string")
        yield resource


def _pattern(resource: str) -> str:
    """`*` stands for any run of characters, slashes included, and `?` for one."""
    return re.escape(resource).replace(r"\*", ".*").replace(r"\?", ".")
