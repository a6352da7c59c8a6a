"""The portals with a real provider: the code of the laptop's stack, in this process, on free ports."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice.app import Blueprint, Chalice
from joserfc.jwk import RSAKey

from chalicelib import portal_wiring
from chalicelib.auth.surface import SurfaceName
from chalicelib.handlers.portal.frame import action, fragment, page
from chalicelib.handlers.portal.platform import segment
from chalicelib.handlers.portal.session_routes import serve_session
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.handlers.problems import problem_details
from infra.local.emulators.server import serve as serve_emulator
from infra.local.gateway import Gateway, serve
from infra.local.identity import IdentitySettings
from infra.local.identity.app import app_of
from infra.local.identity.seed import follow
from infra.local.identity.world import World
from tests.security.portal.stage import (
    A_TOKEN,
    ASKED,
    DONE,
    OPERATOR_KEYS,
    Clock,
    Stage,
    Wire,
    portal_settings,
)

MADE = (
    "gateway",
    "surface",
    "sessions",
    "sign_in",
    "sign_outs",
    "logout_tokens",
    "provider",
    "keys",
    "spent",
    "mongo",
)


@pytest.fixture(scope="session")
def gateway() -> Iterator[Gateway]:
    """Both portals, each with its session routes and one page: a function set of their own, as deployed."""
    app = Chalice("portals", configure_logs=False)
    app.register_middleware(problem_details, "http")
    app.register_blueprint(an_api())
    for name in ("operator", "customer"):
        app.register_blueprint(a_portal(name))
    with serve(app) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def signing_key() -> dict[str, Any]:
    """Made once: making one takes long."""
    made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return dict(made.as_dict(private=True))


@pytest.fixture
def stage(
    gateway: Gateway,
    mongodb_uri: str,
    signing_key: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Stage]:
    caplog.set_level(logging.DEBUG)
    clock, wire = Clock(), Wire()
    world = _a_world(gateway.url, clock, signing_key)
    provider = serve_emulator(app_of(world), 0)
    world.settings = replace(world.settings, public_url=provider.url)
    follow(world)  # the port is known only now
    provider.start()
    settings = portal_settings(gateway.url, provider.url, mongodb_uri)
    _forget()
    ASKED.clear()
    DONE.clear()
    monkeypatch.setattr(portal_wiring, "settings", lambda: settings)
    monkeypatch.setattr(portal_wiring, "time", clock)
    monkeypatch.setattr(portal_wiring, "FormPosts", lambda: wire)
    mongo = portal_wiring.mongo()
    for name in ("sessions", "spentOnce"):
        mongo.collection(name).delete_many({})
    stage = Stage(gateway.url, world, provider.url, clock, wire, mongo)
    yield stage
    provider.stop()
    mongo.client.close()
    _forget()
    check_leaks(stage, caplog)


def a_portal(name: SurfaceName) -> Blueprint:
    routes = Blueprint(name)
    serve_session(routes, name)

    def home(visit: Visit) -> Page:
        token = visit.api._sessions.access_token(
            visit.open
        )  # what every page asks for before it calls the API
        return Page("session/signed_out.html", "Home", "", shown={"way_in": "", "has_token": bool(token)})

    def asking(visit: Visit, slug: str) -> Page:
        visit.api.get(f"/tenants/{segment(slug)}")
        return home(visit)

    def change(visit: Visit) -> Go:
        DONE.append(visit.form["name"])
        return Go("/tenants")

    page(routes, name, "")(home)
    page(routes, name, "/tenants", "Tenants")(home)
    page(routes, name, "/tenants/{slug}", "A tenant")(asking)
    fragment(routes, name, "/parts/tenants")(home)
    action(routes, name, "/tenants", back_to=home)(change)
    return routes


def an_api() -> Blueprint:
    """What stands behind the gateway; it remembers what it was asked."""
    routes = Blueprint("api")

    @routes.route("/tenants/{slug}")
    def get_tenant(slug: str) -> dict[str, str]:
        ASKED.append((slug, {name.lower(): value for name, value in routes.current_request.headers.items()}))
        return {"slug": slug}

    return routes


def check_leaks(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """SES-38, after each test: no token in any answer to a browser, nor in any log line at any level."""
    answers = [f"{each.url} {each.text} {each.headers}" for each in stage.seen]
    lines = [f"{record.getMessage()} {vars(record)}" for record in caplog.get_records("call")]
    secrets = {*stage.wire.tokens, "dezky-operator-local-secret", OPERATOR_KEYS.partition(":")[2]}
    for text in answers + lines:
        assert not any(secret in text for secret in secrets), "a token or a secret leaks"
        assert not A_TOKEN.search(text), "a token leaks"


def _a_world(url: str, clock: Clock, signing_key: dict[str, Any]) -> World:
    pages = {"dezky-operator": f"{url}/operator", "dezky-portal": f"{url}/customer"}
    settings = IdentitySettings(
        public_url="http://localhost:9000",
        api_token="a-token-for-tests",
        state=None,
        redirect_uris={name: (f"{page}/auth/oidc/callback",) for name, page in pages.items()},
        back_channel_logout={name: f"{page}/auth/oidc/backchannel-logout" for name, page in pages.items()},
        post_logout_redirect_uris={name: (page,) for name, page in pages.items()},
    )
    world = World(settings, clock.time)
    world.state["keys"] = [dict(signing_key)]
    return world


def _forget() -> None:
    """The next one asks for everything anew."""
    for name in MADE:
        getattr(portal_wiring, name).cache_clear()
