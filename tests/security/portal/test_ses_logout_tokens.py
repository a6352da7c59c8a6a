"""SES-29 to SES-33: the provider ends sessions here, and nobody else does."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import requests

from chalicelib.auth.keys import KeySets
from chalicelib.auth.logout_tokens import LogoutTokens
from chalicelib.errors import TokenRefused
from tests.security.portal.logout_tokens import LOGOUT, forged, logout_token, valid
from tests.security.portal.stage import FORM, TIMEOUT, Stage
from tests.security.tokens.issuing import ALGORITHMS, FakeClock, FakeIssuers, Issuer, an_issuer

FORGED, VALID = list(forged()), list(valid())
PATH = "/operator/auth/oidc/backchannel-logout"


def logout_tokens_of(issuer: Issuer) -> LogoutTokens:
    clock = FakeClock()
    return LogoutTokens(issuer.trusted, KeySets(FakeIssuers(issuer).fetch, clock), clock)


def told(stage: Stage, body: str | bytes, **headers: str) -> requests.Response:
    response = requests.post(stage.url + PATH, data=body, headers=FORM | headers, timeout=TIMEOUT)
    stage.seen.append(response)
    return response


def a_logout_token(stage: Stage, **changes: object) -> str:
    """One of the provider's own, as it would sign it now."""
    (session, *_) = stage.sessions()
    now = int(stage.clock.time())
    claims = {"iss": stage.issuer, "aud": "dezky-operator", "iat": now, "exp": now + 120, "jti": "j-1"}
    claims |= {"sub": session["subject"], "sid": session["sid"], "events": {LOGOUT: {}}, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return stage.world.keys.signed(kept, "logout+jwt")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("case", FORGED, ids=[case.id for case in FORGED])
def test_ses_30_a_forged_logout_token_is_refused_for_its_own_reason(algorithm, case):
    issuer = an_issuer(algorithm)

    with pytest.raises(TokenRefused) as refusal:
        logout_tokens_of(issuer).accepted(case.made(issuer))

    assert refusal.value.reason == case.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("case", VALID, ids=[case.id for case in VALID])
def test_ses_29_a_valid_logout_token_says_whose_sessions_end(algorithm, case):
    issuer = an_issuer(algorithm)

    sign_out = logout_tokens_of(issuer).accepted(case.made(issuer)).sign_out

    assert sign_out.issuer == issuer.trusted.issuer
    assert sign_out.subject == (None if case.id == "sid alone" else "5f2c")
    assert sign_out.sid == (None if case.id == "sub alone" else "s-1")


def test_ses_29_and_ses_30_the_corpora_are_as_large_as_promised():
    assert len({case.id for case in FORGED}) >= 36
    assert len({case.id for case in VALID}) >= 5


@pytest.mark.parametrize(("named", "left"), [("sid", 1), ("sub", 0), ("both", 1)])
def test_ses_29_a_sid_ends_one_session_and_a_sub_all_of_them(stage, named, left):
    stage.signed_in()
    stage.signed_in()
    without = {"sid": {"sub": None}, "sub": {"sid": None}, "both": {}}[named]

    response = told(stage, urlencode({"logout_token": a_logout_token(stage, **without)}))

    assert (response.status_code, response.text) == (200, "")
    assert response.headers["Cache-Control"] == "no-store"
    assert len(stage.sessions()) == left


def test_ses_29_someone_elses_session_lives_on(stage):
    mine, theirs = stage.signed_in(), stage.signed_in("support@dezky.local")

    told(stage, urlencode({"logout_token": a_logout_token(stage, sid=None)}))

    assert not stage.is_session(mine.session)
    assert stage.is_session(theirs.session)


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "n"},
        {"events": None},
        {"aud": "dezky-portal"},
        {"iss": "https://evil.test/"},
        {"sub": None, "sid": None},
        {"exp": 1},
        {"jti": None},
    ],
    ids=str,
)
def test_ses_30_over_http_a_forged_token_is_answered_400_and_ends_nothing(stage, change):
    browser = stage.signed_in()

    response = told(stage, urlencode({"logout_token": a_logout_token(stage, **change)}))

    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})
    assert response.headers["Cache-Control"] == "no-store"
    assert stage.is_session(browser.session)


def test_ses_30_an_id_token_and_an_access_token_end_nothing(stage):
    from infra.local.identity.sign_in import sign_in

    browser = stage.signed_in()
    tokens = sign_in(stage.provider_url, "dezky-operator", "operator@dezky.local", "dezky-demo")

    for name in ("id_token", "access_token"):
        assert told(stage, urlencode({"logout_token": tokens[name]})).status_code == 400
    assert stage.is_session(browser.session)


def test_ses_31_the_same_token_counts_once(stage):
    browser = stage.signed_in()
    body = urlencode({"logout_token": a_logout_token(stage)})
    assert told(stage, body).status_code == 200
    assert not stage.is_session(browser.session)
    browser.sign_in()

    again = told(stage, body)

    assert again.status_code == 200
    assert stage.is_session(browser.session)


def test_ses_32_a_subject_of_another_issuer_is_another_person(stage):
    operator = stage.signed_in()
    (session,) = stage.sessions()
    twin = session | {
        "_id": "twin",
        "issuer": stage.issuer.replace("operator", "portal"),
        "surface": "customer",
    }
    stage.mongo.collection("sessions").insert_one(twin)

    told(stage, urlencode({"logout_token": a_logout_token(stage, sid=None)}))

    assert not stage.is_session(operator.session)
    assert [each["_id"] for each in stage.sessions()] == ["twin"]


def test_ses_32_the_customers_provider_ends_nothing_here(stage):
    operator = stage.signed_in()
    token = a_logout_token(stage, iss=stage.issuer.replace("operator", "portal"), aud="dezky-portal")

    assert told(stage, urlencode({"logout_token": token})).status_code == 400
    assert stage.is_session(operator.session)


def test_ses_33_other_methods_and_shapes_are_refused(stage):
    browser = stage.signed_in()
    token = a_logout_token(stage)
    good = urlencode({"logout_token": token})

    assert requests.get(stage.url + PATH, timeout=TIMEOUT).status_code in {404, 405}
    json = told(stage, f'{{"logout_token": "{token}"}}', **{"Content-Type": "application/json"})
    assert json.status_code == 415
    assert told(stage, good + "&padding=" + "x" * 1_000_000).status_code == 413
    for body in (
        f"{good}&logout_token=x",
        f"logout_token=x&{good}",
        "",
        "logout_token=",
        b"\xff\xfe",
        "a=b" * 300,
    ):
        response = told(stage, body)
        assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})
    assert stage.is_session(browser.session)
    assert stage.used_up() == 1  # the sign-in's own transaction, and no logout token


def test_a_sign_out_at_the_provider_reaches_us(stage):
    """The whole way: another application signs out, the provider tells this one."""
    browser = stage.signed_in()

    browser.at_provider.get(f"{stage.provider_url}/application/o/dezky-portal/end-session/", timeout=TIMEOUT)
    stage.announce()

    for _ in range(100):
        if not stage.sessions():
            break
        stage.clock.sleep(0.05)
    assert not stage.is_session(browser.session)


def test_a_logout_token_is_spent_until_it_would_be_refused_anyway(stage):
    stage.signed_in()
    stage.mongo.collection("spentOnce").delete_many({})

    told(stage, urlencode({"logout_token": a_logout_token(stage)}))

    (spent,) = stage.mongo.collection("spentOnce").find()
    assert 149 <= spent["expiresAt"].timestamp() - stage.clock.time() <= 152


def test_logout_tokens_of_this_corpus_are_made_for_our_issuer():
    issuer = an_issuer()

    assert logout_tokens_of(issuer).accepted(logout_token(issuer)).key
