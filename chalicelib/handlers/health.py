"""Is it alive, and can it work?"""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib import wiring
from chalicelib.auth.guards import PUBLIC
from chalicelib.config import SERVICE, VERSION
from chalicelib.errors import NotReady, Unavailable
from chalicelib.handlers.answers import HealthAnswer, ReadinessAnswer
from chalicelib.handlers.http import answer
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)


@routes.route("/health", methods=["GET"])
@operation(PUBLIC, "Is the service alive?", gives=HealthAnswer)
def get_health() -> Response:
    return answer(HealthAnswer(status="ok", service=SERVICE, version=VERSION))


@routes.route("/health/ready", methods=["GET"])
@operation(
    PUBLIC,
    "Can it work? Names each dependency; 503 when one is missing",
    gives=ReadinessAnswer,
    refuses=(NotReady,),
)
def get_readiness() -> Response:
    dependencies = {"database": _database()}
    if set(dependencies.values()) != {"ok"}:
        raise NotReady(dependencies)
    return answer(ReadinessAnswer(status="ok", dependencies=dependencies))


def _database() -> str:
    try:
        missing = wiring.missing_indexes()
    except Unavailable:
        return "not reachable"
    return f"missing indexes: {', '.join(missing)}" if missing else "ok"
