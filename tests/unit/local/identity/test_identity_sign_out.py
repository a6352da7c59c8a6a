"""Sign-out: the session ends, the browser goes where it may, the applications hear of it."""

import queue
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import requests

from infra.local.identity.leaving import announce
from infra.local.identity.sessions import Browser
from infra.local.identity.world import World
from tests.unit.local.identity.stage import SIGNED_OUT, TIMEOUT, App, Clock, Provider, settings

EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Listener:
    """An application's back channel: keeps every logout token."""

    def __init__(self) -> None:
        self.received: queue.Queue[str] = queue.Queue()
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(200)
                self.end_headers()
                received.put(parse_qs(body)["logout_token"][0])

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/backchannel"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    thread = threading.Thread(target=listening.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()
    thread.join()


@pytest.fixture
def heard(start: Callable[..., Provider], listener: Listener) -> App:
    """The portal, with a back channel."""
    return App(start(back_channel_logout={"dezky-portal": listener.url}))


def leave(app: App, **parameters: str) -> requests.Response:
    address = f"{app.provider.issuer(app.slug)}end-session/"
    return app.browser.get(address, params=parameters, allow_redirects=False, timeout=TIMEOUT)


def test_the_browser_returns_to_a_registered_address_with_its_state(portal: App):
    hint = portal.tokens()["id_token"]

    answer = leave(portal, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state="bye")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{SIGNED_OUT}?state=bye"
    assert portal.authorize().status_code == 200


@pytest.mark.parametrize("address", ["https://evil.example/", f"{SIGNED_OUT}/more"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(portal: App, address: str):
    hint = portal.tokens()["id_token"]

    answer = leave(portal, id_token_hint=hint, post_logout_redirect_uri=address)

    assert answer.status_code == 200
    assert "Signed out" in answer.text


@pytest.mark.parametrize("hint", ["", "forged.token.here"])
def test_without_a_genuine_hint_the_session_ends_but_nobody_is_sent_anywhere(portal: App, hint: str):
    portal.sign_in("member@acme.test")

    answer = leave(portal, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)

    assert answer.status_code == 200
    assert portal.authorize().status_code == 200


def test_the_hint_of_another_application_does_not_count(provider: Provider):
    operator, portal = App(provider, "dezky-operator"), App(provider)
    hint = operator.tokens("operator@dezky.local")["id_token"]

    answer = leave(portal, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)

    assert answer.status_code == 200
    assert "code=" in operator.authorize().headers["Location"]


def test_an_expired_hint_still_counts(portal: App):
    hint = portal.tokens()["id_token"]
    portal.provider.clock.now += 3600

    answer = leave(portal, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)

    assert answer.status_code == 302


def test_the_hint_alone_ends_the_session_of_a_browser_that_lost_its_cookie(portal: App):
    tokens = portal.tokens()
    session = portal.claims(tokens["id_token"])["sid"]

    leave(App(portal.provider), id_token_hint=tokens["id_token"])

    assert session not in portal.provider.world.sessions.rows


def test_access_tokens_end_with_the_session_and_offline_access_stays(portal: App):
    tokens = portal.tokens()

    leave(portal)

    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).status_code == 200


def test_the_application_is_sent_a_logout_token(heard: App, listener: Listener):
    claims = heard.claims(heard.tokens()["id_token"])

    leave(heard)

    token = listener.received.get(timeout=TIMEOUT)
    told = heard.claims(token)
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    assert (told["sid"], told["sub"]) == (claims["sid"], claims["sub"])
    assert told["events"] == {EVENT: {}}
    assert told["jti"]
    assert "nonce" not in told


def test_applications_that_were_never_entered_are_not_told(
    start: Callable[..., Provider], listener: Listener
):
    provider = start(back_channel_logout={"dezky-portal": listener.url, "dezky-operator": listener.url})
    operator, portal = App(provider, "dezky-operator"), App(provider)
    operator.sign_in("operator@dezky.local")
    portal.sign_in("member@acme.test")

    leave(operator)
    leave(portal)

    audiences = {
        jwt.decode(listener.received.get(timeout=TIMEOUT), options={"verify_signature": False})["aud"]
        for _ in range(2)
    }
    assert audiences == {"dezky-operator", "dezky-portal"}
    assert listener.received.empty()


def test_deactivating_a_user_tells_the_applications_too(heard: App, listener: Listener):
    heard.sign_in("member@acme.test")
    user = heard.provider.world.users.named("member@acme.test")

    heard.provider.api("PATCH", f"/core/users/{user['pk']}/", json={"is_active": False})

    assert listener.received.get(timeout=TIMEOUT)


def test_a_deaf_application_changes_nothing(start: Callable[..., Provider], listener: Listener):
    free = listener.url.replace("/backchannel", "")
    listener.server.server_close()
    app = App(start(back_channel_logout={"dezky-portal": free}))
    app.sign_in("member@acme.test")

    answer = leave(app)

    assert answer.status_code == 200


def test_deactivating_a_user_ends_sessions_and_all_tokens(portal: App):
    tokens = portal.tokens()
    user = portal.provider.world.users.named("member@acme.test")

    portal.provider.api("PATCH", f"/core/users/{user['pk']}/", json={"is_active": False})

    assert portal.authorize().status_code == 200
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_given_before_the_deactivation_is_worthless(portal: App):
    code = portal.code()
    user = portal.provider.world.users.named("member@acme.test")

    portal.provider.api("PATCH", f"/core/users/{user['pk']}/", json={"is_active": False})

    assert portal.redeem(code).json()["error"] == "invalid_grant"


def test_reactivating_brings_no_token_back(portal: App):
    tokens = portal.tokens()
    user = portal.provider.world.users.named("member@acme.test")
    for active in (False, True):
        portal.provider.api("PATCH", f"/core/users/{user['pk']}/", json={"is_active": active})

    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert "code" in portal.sign_in("member@acme.test").headers["Location"]


def test_a_lie_about_a_deactivation_tells_nobody():
    world = World(settings(back_channel_logout={"dezky-portal": "http://127.0.0.1:9/"}), Clock())
    session, _ = world.sessions.open(world.users.get("4"), Browser("", "127.0.0.1"))
    world.sessions.used_for(session, "dezky-portal")

    with world.pretending():
        world.users.change("4", {"is_active": False})
        told_inside = announce(world)
    told_after = announce(world)
    world.users.change("4", {"is_active": False})
    told_in_earnest = announce(world)

    assert (told_inside, told_after, len(told_in_earnest)) == ([], [], 1)
    told_in_earnest[0].join()


def test_an_inactive_user_has_no_session_even_where_the_vendor_left_it(portal: App):
    portal.sign_in("member@acme.test")

    whole = {"username": "member@acme.test", "name": "Malik", "is_active": False}
    portal.provider.api("PUT", "/core/users/4/", json=whole)

    assert portal.authorize().status_code == 200


def test_the_last_page_leads_back_to_the_application(provider, portal):
    portal.tokens()

    answer = portal.browser.get(f"{provider.issuer(portal.slug)}end-session/", timeout=TIMEOUT)

    assert f'<a href="{SIGNED_OUT}">Sign in to Dezky portal again</a>' in answer.text
