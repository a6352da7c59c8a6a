"""The event that a function gets for a request, and the answer out of what it returns."""

import base64
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from infra.local.gateway.messages import Answer, Incoming
from infra.local.gateway.refusals import FunctionFailed
from infra.local.gateway.routes import Match
from infra.local.region import ACCOUNT, REGION

API = "local"
STAGE = "local"
Event = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request that found its resource, under its own id."""

    incoming: Incoming
    match: Match
    request_id: str

    @property
    def method_arn(self) -> str:
        path = self.incoming.path.lstrip("/")
        return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/{STAGE}/{self.incoming.method}/{path}"


def event_for(call: Call, authorizer: Mapping[str, str], binary_types: Collection[str]) -> Event:
    """The proxy event of a REST API.

    Source   API Gateway developer guide, "Input format of a Lambda function for proxy integration"
    """
    incoming = call.incoming
    query = parse_qs(incoming.query, keep_blank_values=True)
    body, is_base64 = _body_of(incoming, binary_types)
    return {
        "resource": call.match.resource,
        "path": incoming.path,
        "httpMethod": incoming.method,
        "headers": {name: incoming.header(name) for name in incoming.header_names()},
        "multiValueHeaders": {name: incoming.header_values(name) for name in incoming.header_names()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": call.match.parameters or None,
        "stageVariables": None,
        "requestContext": _request_context(call, authorizer),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def answer_from(returned: object) -> Answer:
    """The answer that a function's return value means. Raises FunctionFailed when it means none."""
    try:
        return _answer(returned)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise FunctionFailed("the function returned no answer") from error


def _answer(returned: Any) -> Answer:
    body = returned.get("body") or ""
    content = base64.b64decode(body) if returned.get("isBase64Encoded") else body.encode()
    headers = [(name, str(value)) for name, value in (returned.get("headers") or {}).items()]
    for name, values in (returned.get("multiValueHeaders") or {}).items():
        headers += [(name, str(value)) for value in values]
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept.append(("Content-Type", "application/json"))
    answer = Answer(int(returned["statusCode"]), tuple(kept), content)
    answer.on_the_wire("HEAD", [])  # a header that HTTP cannot carry shows here, not when it is too late
    return answer


def _body_of(incoming: Incoming, binary_types: Collection[str]) -> tuple[str | None, bool]:
    if not incoming.body:
        return None, False
    media_type = incoming.header("Content-Type").partition(";")[0].strip().lower()
    if media_type in binary_types:
        return base64.b64encode(incoming.body).decode("ascii"), True
    return incoming.body.decode("utf-8", "replace"), False  # an event is JSON: it cannot hold other bytes


def _request_context(call: Call, authorizer: Mapping[str, str]) -> dict[str, Any]:
    incoming, now = call.incoming, time.time()
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": API,
        "stage": STAGE,
        "requestId": call.request_id,
        "extendedRequestId": uuid.uuid4().hex,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "protocol": "HTTP/1.1",
        "domainName": incoming.header("Host").partition(":")[0],
        "httpMethod": incoming.method,
        "resourcePath": call.match.resource,
        "resourceId": call.match.resource,
        "path": incoming.path,
        "identity": {"sourceIp": incoming.source_ip, "userAgent": incoming.header("User-Agent") or None},
    }
    return {**context, "authorizer": dict(authorizer)} if authorizer else context
