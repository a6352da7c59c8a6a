"""Refresh tokens: only when asked for, each once, and gone with the user."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.local.identity.stage import App, Provider


def test_there_is_none_without_offline_access(portal: App):
    tokens = portal.tokens(scope="openid email")

    assert "refresh_token" not in tokens


def test_each_refresh_gives_new_tokens_for_the_same_person_and_session(portal: App):
    first = portal.tokens()

    second = portal.refresh(first["refresh_token"]).json()

    before, after = portal.claims(first["access_token"]), portal.claims(second["access_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert before["jti"] != after["jti"]
    assert (before["sub"], before["sid"], before["auth_time"]) == (
        after["sub"],
        after["sid"],
        after["auth_time"],
    )


def test_the_refreshed_id_token_has_no_nonce_but_still_the_hash(portal: App):
    second = portal.refresh(portal.tokens()["refresh_token"]).json()

    claims = portal.claims(second["id_token"])

    assert "nonce" not in claims
    assert "at_hash" in claims


def test_a_spent_refresh_token_revokes_the_whole_family(portal: App):
    first = portal.tokens()
    second = portal.refresh(first["refresh_token"]).json()

    reused = portal.refresh(first["refresh_token"])

    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
    assert portal.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert portal.userinfo(second["access_token"]).status_code == 401


def test_another_sign_in_is_not_touched_by_that(provider: Provider):
    portal, elsewhere = App(provider), App(provider)
    spoilt, untouched = portal.tokens(), elsewhere.tokens()
    portal.refresh(spoilt["refresh_token"])

    portal.refresh(spoilt["refresh_token"])

    assert elsewhere.refresh(untouched["refresh_token"]).status_code == 200


def test_another_application_cannot_use_it(portal: App, operator: App):
    tokens = portal.tokens("operator@dezky.local")

    stolen = operator.refresh(tokens["refresh_token"])

    assert stolen.json()["error"] == "invalid_grant"
    assert portal.refresh(tokens["refresh_token"]).status_code == 200


def test_a_spent_token_in_the_hands_of_another_application_revokes_nothing(portal: App, operator: App):
    first = portal.tokens("operator@dezky.local")
    second = portal.refresh(first["refresh_token"]).json()

    operator.refresh(first["refresh_token"])

    assert portal.refresh(second["refresh_token"]).status_code == 200


def test_a_refresh_may_ask_for_less_but_not_for_more(portal: App):
    tokens = portal.tokens(scope="openid email offline_access")

    more = portal.refresh(tokens["refresh_token"], scope="openid groups")
    less = portal.refresh(tokens["refresh_token"], scope="openid offline_access")

    assert more.json()["error"] == "invalid_scope"
    assert "email" not in portal.claims(less.json()["access_token"])


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_nonsense_is_refused(portal: App, token: str):
    assert portal.refresh(token).json()["error"] == "invalid_grant"


def test_it_ends_after_thirty_days(portal: App):
    tokens = portal.tokens()

    portal.provider.clock.now += 30 * 24 * 3600 + 1

    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_new_groups_show_up_at_the_next_refresh(portal: App):
    tokens, world = portal.tokens(), portal.provider.world
    group = world.groups.create({"name": "dezky-t-acme"})
    world.groups.add_user(group["pk"], {"pk": world.users.named("member@acme.test")["pk"]})

    refreshed = portal.refresh(tokens["refresh_token"]).json()

    assert portal.claims(tokens["access_token"])["groups"] == []
    assert portal.claims(refreshed["access_token"])["groups"] == ["dezky-t-acme"]


def test_refresh_tokens_keys_and_sessions_survive_a_restart(start: Callable[..., Provider], tmp_path: Path):
    before = App(start(tmp_path / "identity.json"))
    tokens = before.tokens()
    before.provider.server.stop()

    after = App(start(tmp_path / "identity.json"), browser=before.browser)

    refreshed = after.refresh(tokens["refresh_token"])
    assert refreshed.status_code == 200
    assert after.userinfo(tokens["access_token"]).json()["email"] == "member@acme.test"
    assert after.authorize(prompt="none").status_code == 302
    assert after.provider.world.keys.current().kid == before.provider.world.keys.current().kid


def test_what_is_stored_holds_no_usable_secret(start: Callable[..., Provider], tmp_path: Path):
    portal = App(start(tmp_path / "identity.json"))
    tokens = portal.tokens()

    stored = (tmp_path / "identity.json").read_text()

    assert tokens["refresh_token"] not in stored
    assert portal.browser.cookies["authentik_session"] not in stored
    assert "dezky-demo" not in stored


def test_of_many_who_refresh_at_once_one_at_most_gets_tokens(portal: App):
    tokens = portal.tokens()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: portal.refresh(tokens["refresh_token"]), range(8)))

    assert [answer.status_code for answer in answers].count(200) == 1
