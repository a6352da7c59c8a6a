"""Every failure leaves as application/problem+json (RFC 9457), Chalice's own failures included."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from uuid import uuid4

from chalice.app import Request, Response

from chalicelib.errors import ControlPlaneError

Next = Callable[[Request], Response]
PROBLEM = "application/problem+json"

# What Chalice answers by itself, in our words. Its own may repeat input.
RESTATED = {
    400: ("bad-request", "Bad request", "The request cannot be understood"),
    401: ("unauthorized", "Unauthorized", "No valid token came with this request"),
    403: ("forbidden", "Forbidden", "This is not allowed"),
    404: ("not-found", "Not found", "There is nothing at this address"),
    405: ("method-not-allowed", "Method not allowed", "This address does not know that method"),
    413: ("payload-too-large", "Payload too large", "The body is too large"),
    415: ("unsupported-media-type", "Unsupported media type", "The body must be application/json in UTF-8"),
    500: ("internal-error", "Internal error", "Something went wrong on our side"),
}

log = logging.getLogger(__name__)


def problem_details(request: Request, get_response: Next) -> Response:
    """Middleware, outermost: turns what was raised, or refused by Chalice itself, into a problem."""
    request_id = request_id_of(request)
    try:
        response = get_response(request)
    except ControlPlaneError as error:
        response = problem(error.status, error.code, error.title, error.detail, request_id, **error.context)
        response.headers.update(error.headers)
    except Exception:  # admission runs outside of Chalice's own net, and nobody may see a stack trace
        log.exception("unforeseen", extra={"request_id": request_id})
        response = restated(500, request_id)
    if response.status_code >= 400 and not _is_finished(response):
        allow = response.headers.get("Allow")
        response = restated(response.status_code, request_id, str(allow) if allow else None)
    response.headers.setdefault("X-Request-Id", request_id)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _is_finished(response: Response) -> bool:
    """Is it ours: a problem already, or a portal's? Chalice's own refusals say nothing about caching."""
    return response.headers.get("Content-Type") == PROBLEM or "Cache-Control" in response.headers


def problem(status: int, code: str, title: str, detail: str, request_id: str, **more: object) -> Response:
    document = {"type": f"urn:dezky:problem:{code}", "title": title, "status": status, "detail": detail}
    document |= {"code": code, "requestId": request_id, **more}
    return Response(json.dumps(document), headers={"Content-Type": PROBLEM}, status_code=status)


def restated(status: int, request_id: str, allow: str | None = None) -> Response:
    """Chalice's own refusal in the one shape that all errors have."""
    code, title, detail = RESTATED.get(status, RESTATED[500 if status >= 500 else 400])
    response = problem(status, code, title, detail, request_id)
    if allow:
        response.headers["Allow"] = allow
    return response


def request_id_of(request: Request) -> str:
    """The gateway's own id for the request, so that its log and ours meet."""
    given = (request.context or {}).get("requestId") if request else None
    return str(given or uuid4())
