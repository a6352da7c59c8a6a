"""The REST API over HTTP: whose token, which encoding, then straight to the table of `api.py`."""

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from infra.local.identity.api import Answer, Api, Call
from infra.local.identity.query import Query
from infra.local.identity.refusals import RefusedError

if TYPE_CHECKING:
    from infra.local.identity.world import World

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
NOT_FOUND = "<!doctype html>\n<html lang=en><title>Not Found</title><h1>Not Found</h1></html>"


def api_routes(world: "World") -> Blueprint:
    routes, api = Blueprint("api", __name__, url_prefix="/api/v3"), Api(world)

    @routes.after_request
    def name_request(response: Response) -> Response:
        response.headers["X-authentik-id"] = uuid.uuid4().hex  # by which the vendor's log is searched
        return response

    @routes.route("/<path:path>", methods=METHODS)
    def answer(path: str) -> Response:
        try:
            _authenticate(world.settings.api_token)
            found = _answered(world, api, f"/{path}")
        except RefusedError as error:
            found = error.status, error.body
        if found is None:
            return Response(NOT_FOUND, 404, content_type="text/html")
        return _response(*found)

    return routes


def _answered(world: "World", api: Api, path: str) -> Answer | None:
    call = Call(request.method, path, Query(request.args.to_dict(flat=False)), _body())
    with world.reading() if request.method == "GET" else world.changing():
        return api.answer(call)


def _authenticate(token: str) -> None:
    """Raises RefusedError 403, never 401: that is how the vendor refuses a credential."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise RefusedError(403, {"detail": "Authentication credentials were not provided."})
    if not secrets.compare_digest(sent.encode(), token.encode()):
        raise RefusedError(403, {"detail": "Token invalid/expired"})


def _body() -> Any:
    """Raises RefusedError 415 for another type than JSON, 400 for what is no JSON."""
    if not request.get_data():
        return {}
    if request.mimetype != "application/json":
        raise RefusedError(415, {"detail": f'Unsupported media type "{request.mimetype}" in request.'})
    parsed = request.get_json(silent=True)
    if parsed is None and request.get_data().strip() != b"null":
        raise RefusedError(400, {"detail": "JSON parse error - the body is no JSON document"})
    return parsed


def _response(status: int, body: Any) -> Response:
    if body is None:
        return Response(status=status)
    response = jsonify(body)
    response.status_code = status
    return response
