"""What a faulty vendor, or a proxy in front of it, answers instead of the truth."""

import json
import math
from typing import Any

from werkzeug.wrappers import Response

from infra.local.emulators.faults import ANSWERS, Fault

LISTS = ("results", "value", "ids", "list")
NO_PAGES = {
    "next": 0,
    "previous": 0,
    "count": 0,
    "current": 1,
    "total_pages": 1,
    "start_index": 0,
    "end_index": 0,
}
PAGE = "<!doctype html><html><head><title>Welcome</title></head><body><h1>Please sign in</h1></body></html>"


def error_answer(fault: Fault) -> Response:
    """The 429, 500 or 503 that the fault stands for, with Retry-After when it names seconds."""
    status = ANSWERS[fault.kind]
    answer = Response(json.dumps({"status": status, "title": "A fault that was switched on"}), status)
    answer.content_type = "application/problem+json"
    if fault.seconds is not None:
        answer.headers["Retry-After"] = str(math.ceil(fault.seconds))
    return answer


def html_answer() -> Response:
    """The page of a proxy that answers for the vendor: 200, and not a word of JSON."""
    return Response(PAGE, 200, content_type="text/html; charset=utf-8")


def echo(method: str, body: bytes) -> Response:
    """A success that sounds right for a write: what was sent, with an id nobody has."""
    if method == "DELETE":
        return Response(status=204)
    try:
        sent = json.loads(body)
    except ValueError:
        sent = {}
    fields = sent if isinstance(sent, dict) else {}
    return Response(
        json.dumps({"id": "0", "pk": 0, **fields}),
        201 if method == "POST" else 200,
        content_type="application/json",
    )


def emptied(answer: Response) -> Response:
    """The same answer with every list of things in it empty, and counts that agree."""
    if not answer.is_json or not 200 <= answer.status_code < 300:
        return answer
    body = json.loads(answer.get_data())
    answer.set_data(json.dumps(_emptied(body)))
    return answer


def _emptied(body: Any) -> Any:
    if not isinstance(body, dict):
        return [] if isinstance(body, list) else body
    if "methodResponses" in body:
        answers = [[name, _emptied(result), tag] for name, result, tag in body["methodResponses"]]
        return {**body, "methodResponses": answers}
    hollow: dict[str, Any] = {key: [] for key in LISTS if isinstance(body.get(key), list)}
    pages = {"pagination": NO_PAGES} if "pagination" in body else {}
    total = {"total": 0} if hollow and isinstance(body.get("total"), int) else {}
    return {**body, **hollow, **pages, **total}
