"""The code flow over HTTP, and everything that the provider refuses in it."""

import base64
import hashlib

import jwt
import pytest
import requests

from tests.unit.local.identity.stage import SCOPE, TIMEOUT, App, Provider, returned


def test_a_member_signs_in_and_the_portal_gets_verifiable_tokens(portal: App):
    answer = returned(portal.sign_in("member@acme.test"))

    tokens = portal.redeem(answer["code"])
    claims = portal.claims(tokens.json()["access_token"])

    assert answer["state"] == "the-state"
    assert answer["iss"] == portal.provider.issuer("dezky-portal")
    assert tokens.status_code == 200
    assert tokens.headers["Cache-Control"] == "no-store"
    assert tokens.json()["expires_in"] == 15 * 60
    assert claims["aud"] == claims["azp"] == "dezky-portal"
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert claims["scope"] == SCOPE
    assert (claims["email"], claims["email_verified"]) == ("member@acme.test", True)
    assert claims["preferred_username"] == "member@acme.test"
    assert claims["name"] == claims["given_name"] == "Malik Member"
    assert {"sub", "auth_time", "sid", "jti", "uid"} <= set(claims)


def test_the_header_of_a_token_names_its_type_and_key(portal: App):
    header = jwt.get_unverified_header(portal.tokens()["access_token"])

    assert header["typ"] == "JWT"
    assert header["alg"] == "RS256"
    assert header["kid"]


def test_the_id_token_carries_the_nonce_and_the_hash_of_the_access_token(portal: App):
    tokens = portal.tokens(nonce="a-nonce-of-mine")

    claims = portal.claims(tokens["id_token"])

    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["nonce"] == "a-nonce-of-mine"
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert claims["sid"] == portal.claims(tokens["access_token"])["sid"]


def test_the_access_token_has_no_mark_of_an_id_token(portal: App):
    claims = portal.claims(portal.tokens()["access_token"])

    assert not {"nonce", "at_hash"} & set(claims)


def test_a_person_has_the_same_subject_in_both_applications_and_others_have_another(provider: Provider):
    portal, operator = App(provider), App(provider, "dezky-operator")

    in_portal = portal.claims(portal.tokens("operator@dezky.local")["access_token"])["sub"]
    in_operator = operator.claims(operator.tokens("operator@dezky.local")["access_token"])["sub"]
    of_another = App(provider).claims(App(provider).tokens("member@acme.test")["access_token"])["sub"]

    assert in_portal == in_operator != of_another


def test_groups_are_listed_by_name(operator: App):
    claims = operator.claims(operator.tokens("support@dezky.local")["access_token"])

    assert claims["groups"] == ["dezky-platform-admins"]


def test_claims_follow_the_scope(portal: App):
    claims = portal.claims(portal.tokens(scope="openid email")["access_token"])

    assert claims["email"] == "member@acme.test"
    assert not {"name", "preferred_username", "groups"} & set(claims)


def test_a_scope_that_the_provider_does_not_have_is_left_out(portal: App):
    tokens = portal.tokens(scope="openid root email")

    assert tokens["scope"] == "openid email"


def test_client_secret_post_works_as_well(portal: App):
    form = {"grant_type": "authorization_code", "code": portal.code(), "redirect_uri": portal.redirect_uri}
    secret = {"client_id": "dezky-portal", "client_secret": "dezky-portal-local-secret"}

    answer = requests.post(
        f"{portal.provider.url}/application/o/token/",
        data={**form, **secret, "code_verifier": portal.verifier},
        timeout=TIMEOUT,
    )

    assert answer.status_code == 200


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


def test_userinfo_says_who_it_is_and_refuses_anything_but_a_live_access_token(portal: App):
    tokens = portal.tokens()

    answer = portal.userinfo(tokens["access_token"])

    assert answer.json()["email"] == "member@acme.test"
    assert answer.json()["sub"] == portal.claims(tokens["id_token"])["sub"]
    assert portal.userinfo(tokens["id_token"]).status_code == 401
    assert portal.userinfo(tokens["refresh_token"]).status_code == 401
    assert portal.userinfo("").headers["WWW-Authenticate"].startswith("Bearer")


def test_userinfo_refuses_an_expired_token(portal: App):
    token = portal.tokens()["access_token"]

    portal.provider.clock.now += 15 * 60 + 1

    assert portal.userinfo(token).status_code == 401


def test_discovery_describes_each_application_under_its_own_issuer(provider: Provider):
    address = f"{provider.issuer('dezky-operator')}.well-known/openid-configuration"

    found = requests.get(address, timeout=TIMEOUT).json()

    shared = f"{provider.url}/application/o/"
    assert found["issuer"] == provider.issuer("dezky-operator")
    assert found["authorization_endpoint"] == f"{shared}authorize/"
    assert found["token_endpoint"] == f"{shared}token/"
    assert found["userinfo_endpoint"] == f"{shared}userinfo/"
    assert found["end_session_endpoint"] == f"{shared}dezky-operator/end-session/"
    assert found["jwks_uri"] == f"{shared}dezky-operator/jwks/"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True


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
