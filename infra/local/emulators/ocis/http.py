"""The installation on the wire: credentials at the proxy, OData errors, and what tests ask for."""

import base64
import hmac
import itertools
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException

from infra.local.emulators.manners import PRETEND, add_manners
from infra.local.emulators.ocis import routes, sabotage
from infra.local.emulators.ocis.installation import Installation
from infra.local.emulators.ocis.refusals import Refused, invalid
from infra.local.emulators.ocis.world import World
from infra.local.emulators.snapshot import Snapshot

NUMBERS = itertools.count(1)
CODES = {404: "itemNotFound", 405: "notAllowed"}


@dataclass(frozen=True)
class OcisSettings:
    """How the emulator runs: the platform's user and app token, its own address, the file it remembers in."""

    username: str
    app_token: str
    public_url: str
    state: Path | None
    max_quota: int = 0  # bytes that one space may be given; 0 for no maximum


def create_app(settings: OcisSettings) -> Flask:
    """The emulator; its rules are `app.extensions["world"]`."""
    snapshot = Snapshot(settings.state) if settings.state else None
    world = World(Installation(snapshot, settings.username), settings.public_url, settings.max_quota)
    app = Flask("ocis")
    app.extensions["world"] = world
    app.extensions[PRETEND] = world.pretending
    _add_request_ids(app)
    _add_credentials(app, settings)
    _add_errors(app)
    routes.add(app, world)
    _add_own(app, world)
    add_manners(app)
    return app


def _add_credentials(app: Flask, settings: OcisSettings) -> None:
    pair = f"{settings.username}:{settings.app_token}".encode()
    expected = b"Basic " + base64.b64encode(pair)

    @app.before_request
    def check_credentials() -> Response | None:
        sent = request.headers.get("Authorization", "").encode()
        if request.path.startswith("/_") or hmac.compare_digest(sent, expected):
            return None
        # The proxy in front of the services answers, so there is no OData body.
        return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="localhost", charset="UTF-8"'})


def _add_request_ids(app: Flask) -> None:
    """As the proxy does: a sender's own id is taken over, and every answer names it."""

    @app.before_request
    def choose_id() -> None:
        g.request_id = (
            request.headers.get("X-Request-Id") or f"ocis/{uuid.uuid4().hex[:10]}-{next(NUMBERS):06}"
        )

    @app.after_request
    def name_request(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        return response


def _add_errors(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> tuple[Response, int]:
        return _error(refusal.code, refusal.message), refusal.status

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 500
        return _error(CODES.get(status, "generalException"), error.name), status


def _error(code: str, message: str) -> Response:
    inner = {"date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "request-id": g.request_id}
    return jsonify(error={"code": code, "message": message, "innererror": inner})


def _own_body() -> dict[str, Any]:
    try:
        body = request.get_json()
    except BadRequest as error:
        raise invalid("the body is not JSON") from error
    if not isinstance(body, dict):
        raise invalid("the body is not an object")
    return body


def _add_own(app: Flask, world: World) -> None:
    @app.get("/_world")
    def dump() -> Response:
        with world.installation.reading() as state:
            counts = {kind: len(state[kind]) for kind in ("users", "groups", "spaces", "assignments")}
            return jsonify(counts=counts, **state)

    @app.post("/_login")
    def log_in() -> Response:
        body = _own_body()
        groups = body.get("groups")
        if not isinstance(body.get("username"), str) or not isinstance(groups, list | None):
            raise invalid("username must be a name, groups a list of names")
        return jsonify(world.people.log_in(body["username"], groups))

    @app.post("/_sabotage")
    def commit() -> tuple[Response, int]:
        try:
            return jsonify(id=sabotage.commit(world, _own_body())), 200
        except sabotage.NotADeed as error:
            return jsonify(error=str(error)), 422
