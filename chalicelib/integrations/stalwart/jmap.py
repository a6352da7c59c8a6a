"""JMAP as Stalwart 0.16 speaks it: one address, several method calls in a request, three layers of errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.secret import Secret, secret
from chalicelib.errors import IntegrationFailure, NeedsPerson, TryLater
from chalicelib.integrations.calls import Answer, Call, Endpoint, Shape, unexpected
from chalicelib.integrations.downstream import Api

VENDOR = "Stalwart"
USING = ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"]
MOST_CALLS = 16  # in one request
MOST_OBJECTS = 500  # in one answer
PASSING = frozenset({"serverUnavailable", "serverFail", "serverPartialFail", "rateLimit"})

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One call within a request: Method("x:Domain/get", {"ids": ["b"]})."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


class _Responses(Shape):
    methodResponses: list[list[Any]]  # noqa: N815 (the vendor's name)


class _Problem(Shape):
    type: str


def endpoint(url: str, api_key: str | Secret) -> Endpoint:
    return Endpoint(VENDOR, url.rstrip("/"), secret(api_key))


class Jmap:
    def __init__(self, api: Api) -> None:
        self._api = api

    def read(self, *methods: Method) -> list[Result]:
        """The results of calls that change nothing, in their order.

        Sends    POST /jmap  {"using", "methodCalls": [[name, arguments, "c0"], …]}  ->  {"methodResponses"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   RFC 8620, section 3; Stalwart 0.16, JMAP management API
        """
        return self._results(methods, is_read=True)

    def write(self, method: Method) -> Result:
        """The result of one call that may change something; sent once. As `read` otherwise."""
        return self._results((method,), is_read=False)[0]

    def _results(self, methods: tuple[Method, ...], *, is_read: bool) -> list[Result]:
        calls = [[method.name, method.arguments, f"c{number}"] for number, method in enumerate(methods)]
        body = {"using": USING, "methodCalls": calls}
        answer = self._api.send(Call("POST", "/jmap", json=body, accept=(200, 400), is_read=is_read))
        if answer.status == 400:
            raise _refused_request(answer)
        responses = answer.shaped(_Responses).methodResponses
        if len(responses) != len(methods):
            raise unexpected(VENDOR)
        return [_result(call, response) for call, response in zip(calls, responses, strict=True)]


def refusal(error: object, what: str = "a change") -> IntegrationFailure:
    """The failure that a method error or a set error stands for; `what` is for people."""
    kind = error.get("type") if isinstance(error, dict) else None
    if not isinstance(kind, str):
        return unexpected(VENDOR)
    if kind in PASSING:
        code = "busy" if kind == "rateLimit" else "server-error"
        return TryLater(code, f"{VENDOR} is not able to do this now")
    if kind == "forbidden":
        return NeedsPerson(
            "forbidden", f"{VENDOR} does not allow this to our account, or the licence is used up"
        )
    return NeedsPerson("refused", f"{VENDOR} refused {what}")


def _refused_request(answer: Answer) -> IntegrationFailure:
    if answer.shaped(_Problem).type.endswith(":limit"):
        return TryLater("busy", f"{VENDOR} works on too many requests of ours")
    return NeedsPerson("refused", f"{VENDOR} does not understand a request")


def _result(call: list[Any], response: list[Any]) -> Result:
    """The arguments of `response`, which has to be the answer to `call`."""
    name, _, tag = call
    if len(response) != 3 or response[2] != tag or not isinstance(response[1], dict):
        raise unexpected(VENDOR)
    if response[0] == "error":
        raise refusal(response[1])
    if response[0] != name:
        raise unexpected(VENDOR)
    return response[1]
