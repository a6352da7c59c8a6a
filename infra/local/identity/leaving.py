"""Signing out: the end-session endpoint, and word of it to the applications concerned.

Source   OpenID Connect RP-Initiated Logout 1.0; Back-Channel Logout 1.0, 2.5
"""

import threading
from typing import TYPE_CHECKING

import requests
from authlib.common.urls import add_params_to_uri
from flask import Blueprint, Response, redirect, request

from infra.local.identity import pages
from infra.local.identity.fields import Record
from infra.local.identity.oidc import provider_of
from infra.local.identity.server import Server
from infra.local.identity.sessions import Farewell
from infra.local.identity.tokens import Tokens

if TYPE_CHECKING:
    from infra.local.identity.world import World

PATIENCE = 2.0  # seconds for an application's back channel


def leaving_pages(world: "World", server: Server) -> Blueprint:
    routes = Blueprint("leaving", __name__)

    @routes.route("/application/o/<slug>/end-session/", methods=["GET", "POST"])
    def end_session(slug: str) -> Response:
        with world.changing():
            response = _left(world, server, slug)
        pages.forget_session(response)
        return response

    return routes


def _left(world: "World", server: Server, slug: str) -> Response:
    """End the browser's session and the hinted one; back to the application only when the hint is genuine."""
    client_id = provider_of(world, slug)["client_id"]
    session = world.sessions.of_secret(request.cookies.get(pages.SESSION_COOKIE, ""))
    if session is not None:
        world.sessions.end(session["uuid"])
    hint = _hint(world, client_id)
    if hint is not None:
        world.sessions.end(str(hint.get("sid")))
    client, wanted = server.client(client_id), request.values.get("post_logout_redirect_uri", "")
    if hint is not None and client is not None and client.may_return_to(wanted):
        return _back_to(wanted)
    return _goodbye(world.applications.get(slug))


def _goodbye(application: Record) -> Response:
    """As the vendor's last page: it names the application and leads back to it, where that has an address."""
    text = f"You are signed out of {application['name']}. You can close this window."
    back = {"link": application["meta_launch_url"], "link_text": f"Sign in to {application['name']} again"}
    return pages.message("Signed out", text, **(back if back["link"] else {}))


def _hint(world: "World", client_id: str) -> Record | None:
    """The claims of an id token that was issued to this client, however long ago."""
    claims = world.keys.verified(request.values.get("id_token_hint", ""))
    return claims if claims and claims.get("aud") == client_id else None


def _back_to(address: str) -> Response:
    state = request.values.get("state")
    target = add_params_to_uri(address, [("state", state)]) if state else address
    response = redirect(target)
    return Response(response.get_data(), 302, {"Location": response.location, "Cache-Control": "no-store"})


def announce(world: "World") -> list[threading.Thread]:
    """Tell the applications of ended sessions, each in its own thread; who does not answer is left alone."""
    threads = []
    for address, token in _farewells(world):
        thread = threading.Thread(
            target=_post, args=(address, token), name="back-channel-logout", daemon=True
        )
        thread.start()
        threads.append(thread)
    return threads


def _farewells(world: "World") -> list[tuple[str, str]]:
    """Address and logout token of each application that wants to know."""
    with world.reading():
        pending, world.sessions.farewells = world.sessions.farewells, []
        if world.is_pretending:
            return []
        return [addressed for farewell in pending if (addressed := _addressed(world, farewell))]


def _addressed(world: "World", farewell: Farewell) -> tuple[str, str] | None:
    """Nothing for an application that is gone or has no back channel."""
    provider = world.providers.of_client(farewell.client_id)
    if provider is None or world.applications.of_provider(provider) is None:
        return None
    if not provider["logout_uri"] or provider["logout_method"] != "backchannel":
        return None
    return provider["logout_uri"], Tokens(world, provider).logout_token(farewell.subject, farewell.session)


def _post(address: str, token: str) -> None:
    try:
        requests.post(address, data={"logout_token": token}, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException:
        return  # the application may be down; its session runs out by itself
