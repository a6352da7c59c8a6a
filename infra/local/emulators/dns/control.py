"""The address that changes zones.

POST  /_zones  {"name", "type", "values"}  ->  204: exactly these records there; an empty list takes them away
               {"follow"}                  ->  204: that domain has what the mail server asks for
               422 {"error"}
GET   /_zones  ->  {"records": {name: {type: [value]}}, "following": [name]}
"""

from flask import Flask, Response, jsonify, request

from infra.local.emulators.dns.zones import BadRecord, Zones


def create_app(zones: Zones) -> Flask:
    app = Flask("dns")

    @app.post("/_zones")
    def change() -> tuple[Response | str, int]:
        asked = request.get_json(silent=True)
        try:
            _change(zones, asked)
        except BadRecord as error:
            return jsonify(error=str(error)), 422
        return "", 204

    @app.get("/_zones")
    def listed() -> Response:
        return jsonify(zones.listed())

    return app


def _change(zones: Zones, asked: object) -> None:
    """Raises BadRecord."""
    if not isinstance(asked, dict):
        raise BadRecord("a JSON object is needed")
    if set(asked) == {"follow"}:
        zones.follow(asked["follow"])
    elif set(asked) == {"name", "type", "values"}:
        zones.put(asked["name"], asked["type"], asked["values"])
    else:
        raise BadRecord("name, type and values are needed, or follow")
