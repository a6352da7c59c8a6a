"""Surface: one portal out of the settings. A second one is a matter of settings alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.auth.surface import Surface, surface_of
from chalicelib.config import Settings
from chalicelib.domain.secret import secret
from chalicelib.errors import Misconfigured
from tests.security.portal.stage import portal_settings

SETTINGS = portal_settings("https://portal.example", "https://id.example", "mongodb://x")


def made(name: str, settings: Settings = SETTINGS) -> Surface:
    return surface_of(name, settings, lambda field: secret(getattr(settings, field)))


def test_each_surface_has_its_own_client_cookie_key_secret_and_addresses():
    operator, customer = made("operator"), made("customer")

    assert (operator.client_id, customer.client_id) == ("dezky-operator", "dezky-portal")
    assert (operator.cookie, customer.cookie) == ("__Host-operator_session", "__Host-customer_session")
    assert operator.secret.value() != customer.secret.value()
    assert operator.issuer_address.endswith("/dezky-operator/")
    assert customer.address("/auth/oidc/callback") == "https://portal.example/customer/auth/oidc/callback"
    assert customer.keys.open("session", operator.keys.seal("session", b"x")) is None


def test_only_the_operators_portal_asks_for_a_group():
    assert (made("operator").group, made("customer").group) == ("dezky-platform-admins", "")


def test_nothing_secret_is_in_its_repr():
    assert "secret" not in repr(made("operator")).replace("secret=", "")
    assert "AAAA" not in repr(made("operator"))


def test_sign_ins_have_a_cookie_each():
    operator = made("operator")

    names = {operator.transaction_cookie(state) for state in ("a", "b", "a")}

    assert len(names) == 2
    assert all(name.startswith(operator.transaction_prefix) for name in names)


def test_a_stage_path_belongs_to_every_address():
    staged = replace(made("operator"), public_url="https://api.example/prod")

    assert staged.link("") == "/prod/operator"
    assert staged.address("/auth/login") == "https://api.example/prod/operator/auth/login"


@pytest.mark.parametrize(
    "url",
    ["", "portal.example", "http://portal.example", "https://", "https://a@b", "https://a/?q", "https://a/#f",
     "https://a b", "https://a\n", "ftp://a", "https://a//b"],
)  # fmt: skip
def test_a_public_address_that_makes_no_sense_is_refused(url):
    with pytest.raises(Misconfigured, match="OPERATOR_PUBLIC_URL"):
        made("operator", replace(SETTINGS, stage="prod", operator_public_url=url))


def test_a_slash_at_its_end_means_nothing():
    assert (
        made("operator", replace(SETTINGS, operator_public_url="https://a.example/")).link("") == "/operator"
    )


def test_a_laptop_needs_no_https():
    assert made("operator", replace(SETTINGS, operator_public_url="http://localhost:8000")).name == "operator"


def test_a_client_that_no_issuer_has_is_refused():
    with pytest.raises(Misconfigured, match="AUTHENTIK_AUDIENCE"):
        made("operator", replace(SETTINGS, operator_audience="other"))
