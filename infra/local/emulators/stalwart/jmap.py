"""JMAP requests: capabilities, limits, result references, and the three outcomes of a method call.

Source: RFC 8620 sections 3.3 to 3.7; the session of a 0.16.18 server for the limits.
"""

from typing import Any

from infra.local.emulators.stalwart.kinds import KINDS
from infra.local.emulators.stalwart.refusals import MethodRefused
from infra.local.emulators.stalwart.world import ACCOUNT, World

CORE = "urn:ietf:params:jmap:core"
MANAGEMENT = "urn:stalwart:jmap"
CAPABILITIES = (CORE, MANAGEMENT, "urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:principals")
MOST_CALLS = 16
ERROR = "urn:ietf:params:jmap:error:"

Answers = list[list[Any]]
Call = tuple[str, dict[str, Any], str]


class RequestRefused(Exception):
    """The request as a whole is no JMAP request, or too much of one: a 400 problem."""

    def __init__(self, kind: str, detail: str, **more: Any) -> None:
        super().__init__(kind)
        self.problem = {"type": f"{ERROR}{kind}", "status": 400, "detail": detail, **more}


def session(url: str) -> dict[str, Any]:
    """What GET /jmap/session answers."""
    limits = {
        "maxSizeUpload": 50_000_000,
        "maxConcurrentUpload": 4,
        "maxSizeRequest": 10_000_000,
        "maxConcurrentRequests": 4,
        "maxCallsInRequest": MOST_CALLS,
        "maxObjectsInGet": 500,
        "maxObjectsInSet": 500,
        "collationAlgorithms": [],
    }
    account = {"name": "platform", "isPersonal": True, "isReadOnly": False}
    return {
        "capabilities": {CORE: limits, MANAGEMENT: {}},
        "accounts": {ACCOUNT: {**account, "accountCapabilities": {MANAGEMENT: {}}}},
        "primaryAccounts": {MANAGEMENT: ACCOUNT},
        "username": "platform",
        "apiUrl": f"{url}/jmap/",
        "state": "0",
    }


def answer(world: World, request: Any) -> dict[str, Any]:
    """The response to a request. Raises RequestRefused."""
    answers: Answers = []
    known: dict[str, str] = {}
    for name, arguments, tag in _calls(request):
        try:
            result = _called(world, (name, _with_results(arguments, answers), tag), known)
        except MethodRefused as refusal:
            answers.append(["error", refusal.error, tag])
        else:
            answers.append([name, {"accountId": ACCOUNT, **result}, tag])
    return {"methodResponses": answers, "sessionState": "0"}


def _calls(request: Any) -> list[Call]:
    if not isinstance(request, dict) or not isinstance(request.get("using"), list):
        raise RequestRefused("notRequest", "The request has no list of capabilities")
    if unknown := [name for name in request["using"] if name not in CAPABILITIES]:
        raise RequestRefused("unknownCapability", f"Unknown capability {unknown[0]}")
    calls = request.get("methodCalls")
    if not isinstance(calls, list) or not all(_is_call(call) for call in calls):
        raise RequestRefused("notRequest", "The request has no list of method calls")
    if len(calls) > MOST_CALLS:
        raise RequestRefused("limit", "Too many method calls", limit="maxCallsInRequest")
    is_management = MANAGEMENT in request["using"]
    return [(name if is_management else "", arguments, tag) for name, arguments, tag in calls]


def _is_call(call: Any) -> bool:
    if not isinstance(call, list) or len(call) != 3:
        return False
    name, arguments, tag = call
    return isinstance(name, str) and isinstance(arguments, dict) and isinstance(tag, str)


def _called(world: World, call: Call, known: dict[str, str]) -> dict[str, Any]:
    name, arguments, _ = call
    prefix, _, method = name.partition("/")
    kind = prefix.removeprefix("x:")
    if not prefix.startswith("x:") or kind not in KINDS or method not in {"query", "get", "set"}:
        raise MethodRefused("unknownMethod", f"Unknown method {name}")
    if arguments.get("accountId") not in (None, ACCOUNT):
        raise MethodRefused("accountNotFound", "There is no such account")
    if method == "set":
        return world.set(kind, arguments, known)
    return world.query(kind, arguments) if method == "query" else world.get(kind, arguments)


def _with_results(arguments: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """`arguments` with each `#name` replaced by what it refers to in an earlier answer."""
    plain = {name: value for name, value in arguments.items() if not name.startswith("#")}
    for name, reference in arguments.items():
        if name.startswith("#"):
            if name[1:] in plain:
                raise MethodRefused("invalidArguments", f"Both {name} and {name[1:]} were given")
            plain[name[1:]] = _result(reference, answers)
    return plain


def _result(reference: Any, answers: Answers) -> Any:
    if not isinstance(reference, dict) or not isinstance(reference.get("path"), str):
        raise MethodRefused("invalidResultReference", "Not a result reference")
    for name, result, tag in answers:
        if tag == reference.get("resultOf") and name == reference.get("name"):
            return _followed(result, reference["path"].strip("/").split("/"))
    raise MethodRefused("invalidResultReference", "There is no such earlier result")


def _followed(value: Any, steps: list[str]) -> Any:
    if not steps:
        return value
    if steps[0] == "*" and isinstance(value, list):
        found = [_followed(item, steps[1:]) for item in value]
        return [part for item in found for part in (item if isinstance(item, list) else [item])]
    try:
        inner = value[int(steps[0])] if isinstance(value, list) else value[steps[0]]
    except (LookupError, TypeError, ValueError) as error:
        raise MethodRefused("invalidResultReference", "The path leads nowhere") from error
    return _followed(inner, steps[1:])
