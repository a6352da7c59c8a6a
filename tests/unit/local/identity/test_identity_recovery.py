"""Recovery links: an invited person sets a password and is then able to sign in."""

from collections.abc import Callable

import pytest
import requests

from tests.unit.local.identity.stage import TIMEOUT, App, Provider, csrf_token, returned

PASSWORD = "a password of my own"


@pytest.fixture
def invite(provider: Provider) -> Callable[..., str]:
    """Creates new@acme.test through the API and answers the link."""

    def invited(**body: str) -> str:
        wish = {"username": "new@acme.test", "name": "New Person", "email": "new@acme.test"}
        created = provider.api("POST", "/core/users/", json=wish).json()
        link: str = provider.api("POST", f"/core/users/{created['pk']}/recovery/", json=body).json()["link"]
        return link

    return invited


def set_password(link: str, password: str = PASSWORD, repeat: str | None = None) -> requests.Response:
    with requests.Session() as browser:
        form = browser.get(link, timeout=TIMEOUT)
        filled = {"csrf_token": csrf_token(form), "password": password, "password_repeat": repeat or password}
        return browser.post(link, data=filled, timeout=TIMEOUT)


def test_the_link_leads_to_a_password_that_works(portal: App, invite: Callable[..., str]):
    answer = set_password(invite())

    assert answer.status_code == 200
    assert "You can sign in" in answer.text
    assert "code" in returned(portal.sign_in("new@acme.test", PASSWORD))


def test_a_link_works_once(invite: Callable[..., str]):
    link = invite()
    set_password(link)

    assert requests.get(link, timeout=TIMEOUT).status_code == 404


def test_a_link_ends_after_the_asked_time(provider: Provider, invite: Callable[..., str]):
    link = invite(token_duration="hours=24")

    provider.clock.now += 24 * 3600 - 1
    in_time = requests.get(link, timeout=TIMEOUT).status_code
    provider.clock.now += 1

    assert in_time == 200
    assert requests.get(link, timeout=TIMEOUT).status_code == 404


@pytest.mark.parametrize(
    ("password", "repeat", "complaint"),
    [("short", "short", "at least 8"), (PASSWORD, "something else", "differ")],
)
def test_what_is_wrong_is_said_in_place(
    invite: Callable[..., str], password: str, repeat: str, complaint: str
):
    link = invite()

    answer = set_password(link, password, repeat)

    assert answer.status_code == 400
    assert complaint in answer.text
    assert requests.get(link, timeout=TIMEOUT).status_code == 200


def test_a_form_from_elsewhere_is_refused(portal: App, invite: Callable[..., str]):
    link = invite()

    answer = requests.post(link, data={"password": PASSWORD, "password_repeat": PASSWORD}, timeout=TIMEOUT)

    assert answer.status_code == 400
    assert portal.sign_in("new@acme.test", PASSWORD).status_code == 400


def test_a_made_up_link_is_dead(provider: Provider):
    link = f"{provider.url}/if/flow/default-recovery-flow/?flow_token=made-up"

    assert requests.get(link, timeout=TIMEOUT).status_code == 404
    assert requests.post(link, data={"password": PASSWORD}, timeout=TIMEOUT).status_code == 404


def test_a_strange_duration_is_refused(provider: Provider):
    answer = provider.api("POST", "/core/users/3/recovery/", json={"token_duration": "a day"})

    assert answer.status_code == 400
    assert "token_duration" in answer.json()


def test_without_a_recovery_flow_the_api_says_so_in_its_odd_way(provider: Provider):
    requests.post(f"{provider.url}/_switches", json={"recovery-flow": False}, timeout=TIMEOUT)

    answer = provider.api("POST", "/core/users/3/recovery/", json={})

    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": "No recovery flow set."}


def test_the_api_sets_passwords_as_well(portal: App):
    provider = portal.provider

    missing = provider.api("POST", "/core/users/4/set_password/", json={})
    answer = provider.api("POST", "/core/users/4/set_password/", json={"password": PASSWORD})

    assert missing.status_code == 400
    assert answer.status_code == 204
    assert "code" in returned(portal.sign_in("member@acme.test", PASSWORD))


def test_unknown_switches_are_refused(provider: Provider):
    answer = requests.post(f"{provider.url}/_switches", json={"gravity": False}, timeout=TIMEOUT)

    assert answer.status_code == 422
