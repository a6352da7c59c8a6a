"""The authorization endpoint: who is it, may they, and back to the application with a code."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import LoginRequiredError
from flask import Blueprint, Response, request

from infra.local.identity import pages
from infra.local.identity.fields import Record
from infra.local.identity.people import SignInRefusedError
from infra.local.identity.server import CodeGrant, Server
from infra.local.identity.sessions import Browser

if TYPE_CHECKING:
    from infra.local.identity.world import World

STALE_FORM = "This form was too old. Please sign in once more."


def authorize_pages(world: "World", server: Server) -> Blueprint:
    routes = Blueprint("authorize", __name__)

    @routes.route("/application/o/authorize/", methods=["GET", "POST"])
    def authorize() -> Response:
        with world.changing():
            return Authorization(world, server).answer()

    return routes


class Authorization:
    """One authorization request."""

    def __init__(self, world: "World", server: Server) -> None:
        self._world, self._server = world, server
        self._session = world.sessions.of_secret(request.cookies.get(pages.SESSION_COOKIE, ""))

    def answer(self) -> Response:
        try:
            grant = self._server.consented(self._session)
        except OAuth2Error as error:
            return self._refusal(error)
        if "username" in request.form:
            return self._sign_in(grant)
        if self._session is None or grant.prompt == "login" or self._is_too_long_ago():
            return self._ask(grant)
        return self._let_in(grant, self._session)

    def _refusal(self, error: OAuth2Error) -> Response:
        """Told to the application when its redirect address is genuine, else only to the person."""
        if error.redirect_uri:
            return self._with_issuer(self._server.told(error))
        return pages.message("This sign-in link is wrong", error.description or error.error or "", 400)

    def _ask(self, grant: CodeGrant, error: str = "") -> Response:
        if "none" in request.values.get("prompt", "").split():
            silent = LoginRequiredError(redirect_uri=grant.redirect_uri)
            silent.state = request.values.get("state")
            return self._refusal(silent)
        typed = request.form.get("username", request.values.get("login_hint", ""))
        name = self._application(grant)["name"]
        shown = {"title": "Sign in", "application": name, "error": error, "username": typed}
        return pages.form("sign_in", 400 if error else 200, **shown)

    def _sign_in(self, grant: CodeGrant) -> Response:
        if not pages.is_from_our_form():
            return self._ask(grant, STALE_FORM)
        try:
            user = self._world.people.signed_in(request.form["username"], request.form.get("password", ""))
        except SignInRefusedError as error:
            return self._ask(grant, str(error))
        session, secret = self._session_of(user)
        response = self._let_in(grant, session)
        pages.remember_session(response, secret)
        return response

    def _session_of(self, user: Record) -> tuple[Record, str]:
        """The same person goes on in their session; somebody else's ends."""
        if self._session is not None and self._session["user"] == user["pk"]:
            return self._session, self._world.sessions.signed_in_again(self._session)
        if self._session is not None:
            self._world.sessions.end(self._session["uuid"])
        browser = Browser(request.user_agent.string, request.remote_addr or "")
        return self._world.sessions.open(user, browser)

    def _let_in(self, grant: CodeGrant, session: Record) -> Response:
        application, user = self._application(grant), self._world.users.get(str(session["user"]))
        if not self._world.bindings.permits(application, user):
            return self._denied(application, user)
        response = self._server.sent_back(grant, session)
        response.headers["Cache-Control"] = "no-store"
        return self._with_issuer(response)

    def _denied(self, application: Record, user: Record) -> Response:
        """No code, no redirect: the provider keeps people out before the application hears of them."""
        again = urlencode({**request.args.to_dict(), "prompt": "login", "login_hint": ""})
        return pages.message(
            "No access",
            f"You have no access to this application ({application['name']}). You are {user['username']}.",
            403,
            link=f"{request.path}?{again}",
            link_text="Sign in as somebody else",
        )

    def _application(self, grant: CodeGrant) -> Record:
        application = self._world.applications.of_provider(grant.client.provider)
        if application is None:
            raise LookupError("the server knows no client without an application")
        return application

    def _is_too_long_ago(self) -> bool:
        longest = request.values.get("max_age", "")
        if self._session is None or not longest.isdecimal():
            return False
        return bool(self._world.clock() - self._session["auth_time"] >= int(longest))

    def _with_issuer(self, response: Response) -> Response:
        """Errors carry it, too (RFC 9207, 2)."""
        tokens = self._server.tokens_of(request.values.get("client_id", ""))
        if tokens and response.location:
            response.location = add_params_to_uri(response.location, [("iss", tokens.issuer)])
        return response
