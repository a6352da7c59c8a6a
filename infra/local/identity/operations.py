"""What no vendor offers: turning keys and switches by hand. Answered to the same machine only.

POST /_keys/rotate    {"kid"}; the previous keys stay published
POST /_keys/retire    {"retired": n}; only the current key is published
POST /_switches       {"recovery-flow": false}; answers all switches
"""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request

if TYPE_CHECKING:
    from infra.local.identity.world import World

LOOPBACK = ("127.0.0.1", "::1")


def operations(world: "World") -> Blueprint:
    routes = Blueprint("operations", __name__)

    @routes.before_request
    def only_from_here() -> None:
        if request.remote_addr not in LOOPBACK:
            abort(404)

    @routes.post("/_keys/rotate")
    def rotate() -> Response:
        with world.changing():
            return jsonify(kid=world.keys.rotate())

    @routes.post("/_keys/retire")
    def retire() -> Response:
        with world.changing():
            return jsonify(retired=world.keys.retire())

    @routes.post("/_switches")
    def switch() -> tuple[Response, int]:
        wanted = request.get_json()
        switches = world.state["switches"]
        if not isinstance(wanted, dict) or not all(
            name in switches and isinstance(on, bool) for name, on in wanted.items()
        ):
            return jsonify(known=sorted(switches)), 422
        with world.changing():
            switches.update(wanted)
        return jsonify(switches), 200

    return routes
