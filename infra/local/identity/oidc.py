"""What applications call: discovery, keys, tokens, who somebody is."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from infra.local.identity.fields import Record
from infra.local.identity.fixtures import SCOPES
from infra.local.identity.keys import ALGORITHM
from infra.local.identity.refusals import RefusedError
from infra.local.identity.server import Server
from infra.local.identity.tokens import about

if TYPE_CHECKING:
    from infra.local.identity.world import World

CLAIMS = (
    *(
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "acr",
        "amr",
        "nonce",
        "sid",
        "email",
        "email_verified",
    ),
    *("name", "given_name", "preferred_username", "nickname", "groups"),
)


def oidc_routes(world: "World", server: Server) -> Blueprint:
    routes = Blueprint("oidc", __name__)

    @routes.get("/application/o/<slug>/.well-known/openid-configuration")
    def discovery(slug: str) -> Response:
        with world.reading():
            return jsonify(metadata(world, slug))

    @routes.get("/application/o/<slug>/jwks/")
    def published_keys(slug: str) -> Response:
        with world.changing():  # the first call makes the key
            provider_of(world, slug)
            return jsonify(world.keys.published())

    @routes.post("/application/o/token/")
    def token() -> Response:
        with world.changing():
            return server.tokens_answer()

    @routes.post("/application/o/revoke/")
    def revoke() -> Response:
        with world.changing():
            return server.revocation_answer()

    @routes.route("/application/o/userinfo/", methods=["GET", "POST"])
    def userinfo() -> Response:
        with world.reading():
            return _userinfo(world)

    return routes


def metadata(world: "World", slug: str) -> Record:
    """The discovery document of one application. Raises RefusedError 404."""
    provider = provider_of(world, slug)
    shared = f"{world.settings.public_url}/application/o/"
    issuer = f"{shared}{slug}/"
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{shared}authorize/",
        "token_endpoint": f"{shared}token/",
        "userinfo_endpoint": f"{shared}userinfo/",
        "end_session_endpoint": f"{issuer}end-session/",
        "revocation_endpoint": f"{shared}revoke/",
        "jwks_uri": f"{issuer}jwks/",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": provider["grant_types"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "acr_values_supported": ["goauthentik.io/providers/oauth2/default"],
        "claims_supported": list(CLAIMS),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


def provider_of(world: "World", slug: str) -> Record:
    """Raises RefusedError 404 for an application that is not there or has no provider."""
    key = world.applications.get(slug)["provider"]
    if key is None:
        raise RefusedError(404, {"detail": "Not found."})
    return world.providers.get(str(key))


def _userinfo(world: "World") -> Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    claims = world.keys.verified(token) if scheme.lower() == "bearer" else None
    grant = world.grants.of_access_token(str(claims["jti"])) if claims and "jti" in claims else None
    if claims is None or grant is None or claims["exp"] <= world.clock():
        return _refused()
    response = jsonify(about(world, world.users.get(str(grant["user"])), claims["scope"]))
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused() -> Response:
    response = jsonify(error="invalid_token", error_description="The token is not valid (any more).")
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response
