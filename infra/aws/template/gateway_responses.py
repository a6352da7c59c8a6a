"""What the gateway says itself, as problem+json, in the words that the application uses for the same."""

from __future__ import annotations

import json

from infra.aws.template.model import Json

FAILED = (500, "internal-error", "Internal error", "Something went wrong on our side.")
TIMED_OUT = (504, "gateway-timeout", "Gateway timeout", "The answer took too long.")
FORBIDDEN = (403, "forbidden", "Forbidden", "This token does not open this address.")
UNAUTHORIZED = (401, "unauthorized", "Unauthorized", "A valid bearer token is needed.")
NO_ROUTE = (404, "not-found", "Not found", "There is nothing at this address for this method.")
BAD = (400, "bad-request", "Bad request", "The request cannot be understood.")
BUSY = (429, "too-many-requests", "Too many requests", "Try again in a moment.")
TOO_LARGE = (413, "payload-too-large", "Payload too large", "A body may have at most 10 MB.")
NO_SUCH_TYPE = (415, "unsupported-media-type", "Unsupported media type", "The body must be JSON in UTF-8.")
# None: whatever status the gateway chose; the document leaves it out then
ANSWERS: dict[str, tuple[int | None, str, str, str]] = {
    "ACCESS_DENIED": FORBIDDEN,
    "API_CONFIGURATION_ERROR": FAILED,
    "AUTHORIZER_CONFIGURATION_ERROR": FAILED,
    "AUTHORIZER_FAILURE": FAILED,
    "BAD_REQUEST_BODY": BAD,
    "BAD_REQUEST_PARAMETERS": BAD,
    "DEFAULT_4XX": (None, "bad-request", "Bad request", "The request cannot be answered."),
    "DEFAULT_5XX": (None, "internal-error", "Internal error", "Something went wrong on our side."),
    "EXPIRED_TOKEN": UNAUTHORIZED,
    "INTEGRATION_FAILURE": (502, *FAILED[1:]),
    "INTEGRATION_TIMEOUT": TIMED_OUT,
    # API Gateway's word for an unknown route; a caller with a token would look for the fault in it.
    "MISSING_AUTHENTICATION_TOKEN": NO_ROUTE,
    "QUOTA_EXCEEDED": BUSY,
    "REQUEST_TOO_LARGE": TOO_LARGE,
    "RESOURCE_NOT_FOUND": NO_ROUTE,
    "THROTTLED": BUSY,
    "UNAUTHORIZED": UNAUTHORIZED,
    "UNSUPPORTED_MEDIA_TYPE": NO_SUCH_TYPE,
    "WAF_FILTERED": FORBIDDEN,
}
HEADERS = {
    "Content-Type": "'application/problem+json'",  # a text stands in quotes of its own
    "Cache-Control": "'no-store'",
    "X-Content-Type-Options": "'nosniff'",
    "X-Request-Id": "context.requestId",
}
MORE_HEADERS = {401: {"WWW-Authenticate": "'Bearer'"}, 429: {"Retry-After": "'1'"}}


def gateway_responses() -> Json:
    """In the API's description, so that each deployment of it holds them."""
    return {name: _response(*answer) for name, answer in ANSWERS.items()}


def _response(status: int | None, code: str, title: str, detail: str) -> Json:
    document = {"type": f"urn:dezky:problem:{code}", "title": title, "status": status, "detail": detail}
    document |= {"code": code, "requestId": "$context.requestId"}
    known = {name: value for name, value in document.items() if value is not None}
    headers = HEADERS | MORE_HEADERS.get(status or 0, {})
    response: Json = {
        "responseTemplates": {"application/json": json.dumps(known)},
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
    }
    return response | ({"statusCode": str(status)} if status else {})
