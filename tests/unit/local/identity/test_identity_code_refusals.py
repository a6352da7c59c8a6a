"""Everything that the provider refuses in the code flow."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.unit.local.identity.stage import TIMEOUT, App, Provider, returned


@pytest.mark.parametrize("auth", [("dezky-portal", "wrong"), ("nobody", "dezky-portal-local-secret")])
def test_a_wrong_client_secret_is_refused(portal: App, auth: tuple[str, str]):
    code = portal.code()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": portal.redirect_uri}

    answer = portal.token({**form, "code_verifier": portal.verifier}, auth=auth)

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_a_confidential_client_without_its_secret_is_refused(portal: App):
    form = {"grant_type": "authorization_code", "code": portal.code(), "client_id": "dezky-portal"}
    form |= {"redirect_uri": portal.redirect_uri, "code_verifier": portal.verifier}

    answer = requests.post(f"{portal.provider.url}/application/o/token/", data=form, timeout=TIMEOUT)

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "Missing 'code_challenge'"),
        ({"code_challenge_method": "plain"}, "Unsupported 'code_challenge_method'"),
        ({"code_challenge_method": None}, "Unsupported 'code_challenge_method'"),
        ({"code_challenge": "short"}, "Invalid 'code_challenge'"),
    ],
)
def test_without_s256_the_application_gets_an_error(portal: App, changed: dict[str, str], complaint: str):
    answer = returned(portal.authorize(**changed))

    assert (answer["error"], answer["error_description"]) == ("invalid_request", complaint)
    assert (answer["state"], answer["iss"]) == ("the-state", portal.provider.issuer("dezky-portal"))
    assert "code" not in answer


def test_another_response_type_is_refused(portal: App):
    answer = returned(portal.authorize(response_type="token"))

    assert answer["error"] == "unsupported_response_type"
    assert "access_token" not in answer


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "https://evil.example/callback",
        "http://localhost:8000/auth/oidc/callback/",
        "http://localhost:8000/auth/oidc/callback?more=1",
        "http://localhost:8000/signed-out",
        "http://LOCALHOST:8000/auth/oidc/callback",
    ],
)
def test_only_the_exact_redirect_address_is_ever_used(portal: App, redirect_uri: str | None):
    answer = portal.authorize(redirect_uri=redirect_uri)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_an_unknown_client_is_told_to_the_person_only(portal: App):
    answer = portal.authorize(client_id="nobody")

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_code_works_once_and_its_second_use_revokes_what_it_gave(portal: App):
    code = portal.code()
    tokens = portal.redeem(code).json()
    assert portal.userinfo(tokens["access_token"]).status_code == 200

    again = portal.redeem(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_is_short_lived(portal: App):
    code = portal.code()

    portal.provider.clock.now += 61

    assert portal.redeem(code).json()["error"] == "invalid_grant"


def test_another_application_cannot_redeem_the_code(portal: App, operator: App):
    code = portal.code("operator@dezky.local")

    stolen = operator.redeem(code, redirect_uri=portal.redirect_uri, code_verifier=portal.verifier)

    assert stolen.json()["error"] == "invalid_grant"
    assert portal.redeem(code).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "http://localhost:8000/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_bound_to_its_request(portal: App, changed: dict[str, str], error: str):
    answer = portal.redeem(portal.code(), **changed)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_userinfo_refuses_an_expired_token(portal: App):
    token = portal.tokens()["access_token"]

    portal.provider.clock.now += 15 * 60 + 1

    assert portal.userinfo(token).status_code == 401


def test_an_unknown_application_has_neither_discovery_nor_keys(provider: Provider):
    issuer = provider.issuer("nobody")

    statuses = [
        requests.get(f"{issuer}{path}", timeout=TIMEOUT).status_code
        for path in (".well-known/openid-configuration", "jwks/", "end-session/")
    ]

    assert statuses == [404, 404, 404]


def test_without_grant_types_every_sign_in_fails(portal: App):
    found = portal.provider.world.providers.of_client("dezky-portal")
    portal.provider.world.providers.change(str(found["pk"]), {"grant_types": []})

    answer = returned(portal.authorize())

    assert answer["error"] == "unauthorized_client"


@pytest.mark.parametrize("changed", [{"redirect_uri": 'https://x.example/"é'}, {"response_type": 'co"de'}])
def test_strange_characters_in_the_request_are_an_error_of_the_caller(portal: App, changed: dict[str, str]):
    answer = portal.authorize(**changed)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "changed", [{"grant_type": 'pass"wörd'}, {"code": 'é"'}, {"code_verifier": 'é"' * 30}]
)
def test_strange_characters_at_the_token_endpoint_are_an_error_of_the_caller(
    portal: App, changed: dict[str, str]
):
    answer = portal.redeem(portal.code(), **changed)

    assert answer.status_code == 400


def test_prompt_none_together_with_another_prompt_is_refused(portal: App):
    answer = returned(portal.authorize(prompt="none login"))

    assert answer["error"] == "invalid_request"


def test_of_many_who_redeem_a_code_at_once_one_at_most_gets_tokens(portal: App):
    code = portal.code()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: portal.redeem(code), range(8)))

    assert [answer.status_code for answer in answers].count(200) == 1
