"""The code flow over HTTP: what an application and a person get out of it."""

import base64
import hashlib
import logging

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


def test_userinfo_says_who_it_is_and_refuses_anything_but_a_live_access_token(portal: App):
    tokens = portal.tokens()

    answer = portal.userinfo(tokens["access_token"])

    assert answer.json()["email"] == "member@acme.test"
    assert answer.json()["sub"] == portal.claims(tokens["id_token"])["sub"]
    assert portal.userinfo(tokens["id_token"]).status_code == 401
    assert portal.userinfo(tokens["refresh_token"]).status_code == 401
    assert portal.userinfo("").headers["WWW-Authenticate"].startswith("Bearer")


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


def test_tokens_do_not_reach_the_log(portal: App, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        tokens = portal.tokens()

    assert tokens["access_token"] not in caplog.text
    assert tokens["refresh_token"] not in caplog.text
