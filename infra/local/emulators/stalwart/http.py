"""The 0.16 server on the wire: three addresses, credentials, content type, and four requests at a time."""

import hmac
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from infra.local.emulators.manners import PRETEND, add_manners
from infra.local.emulators.snapshot import Snapshot
from infra.local.emulators.stalwart import jmap, sabotage
from infra.local.emulators.stalwart.access import ACTIONS, is_allowed
from infra.local.emulators.stalwart.world import World

AT_ONCE = 4  # requests of one account
CHALLENGES = ('Bearer realm="Stalwart Server"', 'Basic realm="Stalwart Server"')


@dataclass(frozen=True)
class StalwartSettings:
    """How the emulator runs: the key it takes, the file it remembers in, the edition, the delay of DKIM."""

    api_key: str
    state: Path | None
    enterprise: bool = False
    dkim_delay: float = 1.0  # seconds


def create_app(settings: StalwartSettings) -> Flask:
    """The emulator; its rules are `app.extensions["world"]`."""
    snapshot = Snapshot(settings.state) if settings.state else None
    world = World(snapshot, enterprise=settings.enterprise, dkim_delay=settings.dkim_delay)
    app = Flask("stalwart")
    app.extensions["world"] = world
    app.extensions[PRETEND] = world.pretending
    _add_credentials(app, settings)
    _add_jmap(app, world)
    _add_own(app, world)
    add_manners(app)
    return app


def _add_credentials(app: Flask, settings: StalwartSettings) -> None:
    expected = f"Bearer {settings.api_key}".encode()

    @app.before_request
    def check_credentials() -> Response | None:
        sent = request.headers.get("Authorization", "").encode()
        if not request.path.startswith("/jmap") or hmac.compare_digest(sent, expected):
            return None
        return _unauthorized()


def _add_jmap(app: Flask, world: World) -> None:
    places = threading.BoundedSemaphore(AT_ONCE)

    @app.get("/.well-known/jmap")
    def discovery() -> tuple[str, int, dict[str, str]]:
        return "", 307, {"Location": "/jmap/session"}

    @app.get("/jmap/session")
    def session() -> dict[str, Any]:
        return jmap.session(request.host_url.rstrip("/"))

    @app.post("/jmap")
    @app.post("/jmap/")
    def methods() -> Response:
        if not places.acquire(blocking=False):
            refusal = jmap.RequestRefused("limit", "Too many requests at once", limit="maxConcurrentRequests")
            return _problem(refusal.problem)
        try:
            return _answer(world)
        finally:
            places.release()

    @app.errorhandler(404)
    @app.errorhandler(405)
    def nowhere(_: Exception) -> Response:
        return _problem({"type": "about:blank", "status": 404, "title": "Not Found"})


def _answer(world: World) -> Response:
    try:
        return jsonify(jmap.answer(world, _body()))
    except jmap.RequestRefused as refusal:
        return _problem(refusal.problem)


def _body() -> Any:
    if request.mimetype != "application/json":
        raise jmap.RequestRefused("notJSON", "The content type must be application/json")
    try:
        return request.get_json()
    except BadRequest as error:
        raise jmap.RequestRefused("notJSON", "The body is not JSON") from error


def _unauthorized() -> Response:
    problem = {"type": "about:blank", "status": 401, "title": "Unauthorized"}
    answer = _problem({**problem, "detail": "You have to authenticate first."})
    for challenge in CHALLENGES:
        answer.headers.add("WWW-Authenticate", challenge)
    return answer


def _problem(problem: dict[str, Any]) -> Response:
    answer = jsonify(problem)
    answer.status_code, answer.content_type = problem["status"], "application/problem+json"
    return answer


def _add_own(app: Flask, world: World) -> None:
    @app.get("/_world")
    def dump() -> Response:
        with world.reading() as state:
            counts = {kind: len(found) for kind, found in state["objects"].items()}
            return jsonify(counts=counts, objects=state["objects"])

    @app.post("/_sabotage")
    def commit() -> tuple[Response, int]:
        try:
            return jsonify(id=sabotage.commit(world, _wish())), 200
        except sabotage.NotADeed as error:
            return jsonify(error=str(error)), 422

    @app.post("/_try")
    def attempt() -> tuple[Response, int]:
        wish = _wish()
        if wish.get("action") not in ACTIONS or not isinstance(wish.get("account"), str):
            return jsonify(error=f"account must be an address, action one of {', '.join(ACTIONS)}"), 422
        with world.reading() as state:
            allowed = is_allowed(state, wish["account"], wish["action"])
        if allowed is None:
            return jsonify(error="nobody has that address"), 404
        return jsonify(allowed=allowed), 200


def _wish() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}
