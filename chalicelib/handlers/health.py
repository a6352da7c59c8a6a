"""Is it alive, and can it work?"""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib import wiring
from chalicelib.auth.guards import PUBLIC
from chalicelib.config import SERVICE, VERSION
from chalicelib.errors import Unavailable
from chalicelib.handlers.answers import HealthAnswer, ReadinessAnswer
from chalicelib.handlers.http import answer
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)


@routes.route("/health", methods=["GET"])
@operation(PUBLIC, "Is the service alive?", gives=HealthAnswer)
def get_health() -> Response:
    return answer(HealthAnswer(status="ok", service=SERVICE, version=VERSION))


@routes.route("/health/ready", methods=["GET"])
@operation(PUBLIC, "Can it work? Names each dependency; 503 when one is missing", gives=ReadinessAnswer)
def get_readiness() -> Response:
    database = _database()
    ready = database == "ok"
    content = ReadinessAnswer(status="ok" if ready else "unavailable", dependencies={"database": database})
    return answer(content, status=200 if ready else 503)


def _database() -> str:
    try:
        missing = wiring.missing_indexes()
    except Unavailable:
        return "not reachable"
    return f"missing indexes: {', '.join(missing)}" if missing else "ok"
