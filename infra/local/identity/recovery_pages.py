"""The page behind a recovery link: the person sets a password, and can then sign in."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from infra.local.identity import pages
from infra.local.identity.fixtures import RECOVERY_FLOW
from infra.local.identity.recovery import SHORTEST_PASSWORD

if TYPE_CHECKING:
    from infra.local.identity.world import World


def recovery_pages(world: "World") -> Blueprint:
    routes = Blueprint("recovery", __name__)

    @routes.get(f"/if/flow/{RECOVERY_FLOW}/")
    def ask() -> Response:
        with world.reading():
            return _ask(world)

    @routes.post(f"/if/flow/{RECOVERY_FLOW}/")
    def store() -> Response:
        with world.changing():
            return _ask(world, error) if (error := _complaint()) else _store(world)

    return routes


def _token() -> str:
    return request.args.get("flow_token", "")


def _ask(world: "World", error: str = "") -> Response:
    user = world.recovery.user_of(_token())
    if user is None:
        return _dead_link()
    shown = {"title": "Choose a password", "username": user["username"], "error": error}
    return pages.form("password", 400 if error else 200, **shown)


def _complaint() -> str:
    if not pages.is_from_our_form():
        return "This form was too old. Please try once more."
    password = request.form.get("password", "")
    if len(password) < SHORTEST_PASSWORD:
        return f"A password has at least {SHORTEST_PASSWORD} characters."
    if password != request.form.get("password_repeat", ""):
        return "The two passwords differ."
    return ""


def _store(world: "World") -> Response:
    if not world.recovery.redeem(_token(), request.form["password"]):
        return _dead_link()
    return pages.message("Password set", "You can sign in with it now.")


def _dead_link() -> Response:
    return pages.message("This link does not work", "It was used already, or it is too old.", 404)
