"""The authorizer as the gateway calls it: whom it lets in, and what it says about them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from fnmatch import fnmatchcase

import pytest
from chalice.app import AuthRequest

from chalicelib.auth.principal import Principal
from chalicelib.auth.verifier import Verifier
from chalicelib.errors import KeysUnavailable
from chalicelib.handlers import authorizer
from tests.security.tokens.gateway import STAGE, ask, refusals, refuse
from tests.security.tokens.issuing import NOW, FakeClock, a_world, sign


def test_a_verified_token_gets_in_with_its_principal_as_context():
    world = a_world()

    answer = ask(world, f"Bearer {world.operator.token(jti='j1', name='Zoë')}")

    principal = Principal.from_context(answer["context"], NOW)
    assert (principal.subject, principal.audience, principal.token_id) == ("5f2c", "dezky-operator", "j1")
    assert principal == world.verifier.verify(world.operator.token(jti="j1", name="Zoë"))


def test_aut_08_and_09_the_policy_covers_every_method_and_path_of_the_stage_and_no_other_stage():
    world = a_world()

    [statement] = ask(world, f"Bearer {world.operator.token()}")["policyDocument"]["Statement"]

    [resource] = statement["Resource"]
    assert statement["Effect"] == "Allow"
    for path in ("GET/me", "POST/tenants", "DELETE/tenants/acme/users/1", "PATCH/", "HEAD/a", "OPTIONS/a/b"):
        assert fnmatchcase(f"{STAGE}/{path}", resource)
    assert not fnmatchcase(f"{STAGE.replace('prod', 'dev')}/GET/me", resource)
    assert not fnmatchcase(f"{STAGE.replace('abc123', 'other')}/GET/me", resource)


def test_aut_08_the_policy_is_the_same_whichever_route_asks_first():
    world = a_world()
    header = f"Bearer {world.operator.token()}"

    answers = [
        ask(world, header, f"{STAGE}/{route}") for route in ("GET/me", "POST/tenants", "GET/tenants/x")
    ]

    assert answers[0] == answers[1] == answers[2]


def test_aut_10_no_claim_gets_into_the_policy():
    world = a_world()
    plain = ask(world, f"Bearer {world.operator.token()}")

    answer = ask(
        world, f"Bearer {world.operator.token(sub='*/${x}', groups=['*', '?', '../..', '$'], name='*')}"
    )

    assert answer["policyDocument"] == plain["policyDocument"]


@pytest.mark.parametrize(
    "scheme",
    ["Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer  ", "Bearer     "],
    ids=lambda scheme: f"AUT-02 {scheme!r}",
)
def test_the_scheme_ignores_case_and_takes_any_number_of_blanks(scheme: str):
    world = a_world()

    assert ask(world, f"{scheme}{world.operator.token()}")["principalId"]


def test_aut_06_missing_keys_are_our_failure_and_not_the_tokens(caplog: pytest.LogCaptureFixture):
    world = a_world()
    world.issuers.answers.clear()

    with pytest.raises(KeysUnavailable):
        ask(world, f"Bearer {world.operator.token()}")

    assert "authorizer failed" in caplog.messages
    assert world.operator.token() not in caplog.text


def test_aut_06_a_bug_lets_nobody_in_and_blames_no_token(caplog: pytest.LogCaptureFixture):
    class Broken(Verifier):
        def verify(self, unverified_token: str) -> Principal:
            raise KeyError("a bug")

    world = a_world()
    world.verifier = Broken([], None, FakeClock())

    with pytest.raises(KeyError):
        ask(world, "Bearer x.y.z")

    assert "authorizer failed" in caplog.messages


def test_aut_07_after_a_failure_the_next_call_works():
    world = a_world()
    header = f"Bearer {world.operator.token()}"
    answers, world.issuers.answers = world.issuers.answers, {}
    with pytest.raises(KeysUnavailable):
        ask(world, header)

    world.issuers.answers = answers
    world.clock.now += 1

    assert ask(world, header)["principalId"]


def test_aut_15_the_context_is_flat_and_of_strings():
    world = a_world()
    groups = [f"group-{n}" for n in range(200)]

    context = ask(world, f"Bearer {world.operator.token(groups=groups, name='日本 🙂')}")["context"]

    assert all(type(name) is str and type(value) is str for name, value in context.items())
    assert json.loads(context["groups"]) == groups
    assert json.loads(json.dumps(context)) == context


def test_aut_15_groups_that_do_not_fit_are_refused_and_not_cut(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    world = a_world()
    claims = json.dumps(world.operator.claims(groups=["\u00e9" * 60] * 40), ensure_ascii=False)

    refuse(world, f"Bearer {sign(world.operator, claims)}")

    [entry] = refusals(caplog)
    assert entry["reason"] == "context-too-large"


def test_aut_16_equal_subjects_of_two_issuers_are_two_principals():
    world = a_world()

    one, other, again = (
        ask(world, f"Bearer {issuer.token(sub='7')}")["principalId"]
        for issuer in (world.operator, world.portal, world.operator)
    )

    assert one == again != other


@pytest.mark.parametrize("subject", ["a", "s" * 255, "日本", "ann@example.com", "a|b"])
def test_aut_15_the_principal_id_is_short_and_plain(subject: str):
    world = a_world()

    principal_id = ask(world, f"Bearer {world.operator.token(sub=subject)}")["principalId"]

    assert principal_id.isascii()
    assert principal_id.isalnum()
    assert len(principal_id) <= 128
    assert subject == "a" or subject not in principal_id


def test_the_deployed_authorizer_builds_its_verifier_once_from_the_settings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTHENTIK_ISSUER", "https://id.example.com/application/o/dezky-operator/")
    monkeypatch.setenv("AUTHENTIK_AUDIENCE", "dezky-operator")
    authorizer.settings.cache_clear()
    authorizer.verifier.cache_clear()

    try:
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorizer.authorize(AuthRequest("TOKEN", "Bearer x", f"{STAGE}/GET/me"))
        assert authorizer.verifier() is authorizer.verifier()
    finally:
        authorizer.settings.cache_clear()
        authorizer.verifier.cache_clear()


def test_a_cold_start_loads_nothing_that_an_authorizer_does_not_need():
    heavy = ["pymongo", "pydantic", "boto3", "botocore", "requests", "authlib", "jinja2", "chalicelib.wiring"]
    code = "import sys, chalicelib.handlers.authorizer; print(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own code

    assert set(heavy).isdisjoint(loaded.split())
