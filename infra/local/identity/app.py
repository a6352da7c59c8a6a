"""The two faces of the provider in one Flask app: OpenID Connect for people, the REST API for us."""

from flask import Flask, Response, jsonify

from infra.local.emulators.manners import PRETEND, add_manners
from infra.local.identity.api_routes import api_routes
from infra.local.identity.authorize import authorize_pages
from infra.local.identity.leaving import announce, leaving_pages
from infra.local.identity.oidc import oidc_routes
from infra.local.identity.operations import operations
from infra.local.identity.recovery_pages import recovery_pages
from infra.local.identity.refusals import RefusedError
from infra.local.identity.server import authorization_server
from infra.local.identity.settings import IdentitySettings
from infra.local.identity.world import World

UNGUARDED = ("/application", "/if", "/_")  # faults are for the API: people could not sign in any more


def create_app(settings: IdentitySettings) -> Flask:
    """The provider as `settings` describe it, with what it remembered from the last time."""
    return app_of(World(settings))


def app_of(world: World) -> Flask:
    app = Flask(__name__)
    server = authorization_server(app, world)
    for routes in (oidc_routes(world, server), authorize_pages(world, server), leaving_pages(world, server)):
        app.register_blueprint(routes)
    for routes in (recovery_pages(world), operations(world), api_routes(world)):
        app.register_blueprint(routes)
    app.register_error_handler(RefusedError, _refusal)
    _announce_farewells(app, world)
    app.extensions[PRETEND] = world.pretending
    add_manners(app, unguarded=UNGUARDED)
    return app


def _refusal(error: RefusedError) -> tuple[Response, int]:
    return jsonify(error.body), error.status


def _announce_farewells(app: Flask, world: World) -> None:
    @app.after_request
    def tell_applications(response: Response) -> Response:
        announce(world)
        return response
