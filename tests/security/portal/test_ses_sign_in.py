"""SES-01 to SES-09: a sign-in comes back to the browser, the tab and the moment that it began in."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from chalicelib import portal_wiring
from chalicelib.auth.sealing import KeyRing
from chalicelib.auth.transactions import PURPOSE
from tests.security.portal.stage import OPERATOR, OPERATOR_KEYS, Browser, Stage, answering, query_of

CALLBACK = "/operator/auth/oidc/callback"


def is_refused(stage: Stage, browser: Browser, response, status: int = 400) -> None:
    """A page with fixed words and a way on; nobody is signed in and nothing was asked of the provider."""
    assert response.status_code == status, response.text
    assert "/operator/auth/oidc/login" in response.text
    assert browser.session is None
    assert stage.sessions() == []


def test_ses_01_a_callback_without_a_transaction_asks_the_provider_nothing(stage):
    browser = stage.browser()
    arrived = browser.at_the_provider(browser.begin())
    browser.cookies.clear()

    response = browser.get(arrived)

    is_refused(stage, browser, response)
    assert stage.wire.sent == []
    assert stage.used_up() == 0


@pytest.mark.parametrize("state", [None, "", "x", "A" * 43, "'; drop--", "A" * 5000])
def test_ses_02_a_state_that_is_not_the_transactions_is_refused(stage, state):
    browser = stage.browser()
    query = query_of(browser.at_the_provider(browser.begin())) | {"state": state}
    query = {name: value for name, value in query.items() if value is not None}

    response = browser.get(f"{CALLBACK}?{urlencode(query)}")

    is_refused(stage, browser, response)
    assert stage.wire.sent == []


def test_ses_02_a_state_counts_once_even_with_its_cookie_kept(stage):
    browser = stage.browser()
    arrived, kept = browser.at_the_provider(browser.begin()), dict(browser.cookies)
    assert browser.get(arrived).status_code == 303

    thief = Browser(stage, dict(kept))
    response = thief.get(arrived)

    assert response.status_code == 400
    assert thief.session is None
    assert len(stage.wire.grants("authorization_code")) == 1
    assert stage.used_up() == 1


def test_ses_02_the_state_of_another_browser_is_refused(stage):
    mine, theirs = stage.browser(), stage.browser()
    mine.begin()
    arrived = theirs.at_the_provider(theirs.begin())

    is_refused(stage, mine, mine.get(arrived))


def test_ses_02_two_values_of_one_parameter_are_refused(stage):
    browser = stage.browser()
    arrived = browser.at_the_provider(browser.begin())

    for doubled in ("state=x", "code=x", "iss=x", "error=access_denied&error=x"):
        is_refused(stage, browser, browser.get(f"{arrived}&{doubled}"))
    assert stage.wire.sent == []


def test_ses_03_a_callback_that_an_attacker_prepared_signs_the_victim_into_nothing(stage):
    attacker, victim = stage.browser(), stage.browser()
    arrived = attacker.at_the_provider(attacker.begin())
    victim.begin()  # even one who is about to sign in

    response = victim.get(arrived)

    is_refused(stage, victim, response)
    assert stage.wire.sent == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_ses_04_two_tabs_sign_in_side_by_side(stage, order):
    browser = stage.browser()
    begun = [browser.begin(f"?return_to=/tab-{tab}") for tab in (0, 1)]
    assert len(browser.transactions) == 2
    arrived = [browser.at_the_provider(address) for address in begun]

    for tab in order:
        response = browser.get(arrived[tab])
        assert (response.status_code, response.headers["Location"]) == (303, f"/operator/tab-{tab}")

    assert browser.transactions == []
    assert len(stage.sessions()) == 1  # the second took the place of the first, for both tabs
    assert stage.is_session(browser.session)
    redeemed = stage.wire.grants("authorization_code")
    assert len({form["code_verifier"] for form in redeemed}) == 2


def test_ses_04_sign_ins_that_were_given_up_do_not_pile_up(stage):
    browser = stage.browser()

    for _ in range(20):
        browser.begin()

    assert len(browser.transactions) <= 5
    assert browser.sign_in().status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(590, 303), (600, 400), (86_400, 400)])
def test_ses_05_a_transaction_lives_ten_minutes(stage, seconds, status):
    browser = stage.browser()
    address = browser.begin()
    stage.clock.move(seconds=seconds)
    arrived = browser.at_the_provider(address)

    response = browser.get(arrived)

    assert response.status_code == status
    assert (browser.session is None) == (status == 400)
    assert browser.transactions == []
    if status == 400:
        assert stage.wire.sent == []


@pytest.mark.parametrize("error", ["access_denied", "login_required", "<script>alert(1)</script>", "x" * 900])
@pytest.mark.parametrize("with_state", [True, False])
def test_ses_06_an_error_of_the_provider_is_told_in_our_own_words(stage, error, with_state):
    browser = stage.browser()
    state = query_of(browser.begin())["state"]
    said = {"error": error, "error_description": "<script>alert(2)</script>", "iss": stage.issuer}
    query = urlencode(said | ({"state": state} if with_state else {}))

    response = browser.get(f"{CALLBACK}?{query}")

    is_refused(stage, browser, response, 403 if with_state else 400)
    assert "alert" not in response.text
    assert error not in response.text
    assert stage.wire.sent == []
    assert stage.used_up() == (1 if with_state else 0)


def test_ses_07_the_request_has_pkce_with_s256_and_a_verifier_that_is_long_enough(stage):
    browser = stage.browser()

    asked = query_of(browser.begin())
    browser.get(browser.at_the_provider(browser.begin()))

    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["response_type"] == "code"
    assert 43 <= len(stage.wire.grants("authorization_code")[0]["code_verifier"]) <= 128
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "max_age"),
    }


def test_ses_08_a_code_of_another_transaction_is_worth_nothing(stage):
    attacker, victim = stage.browser(), stage.browser()
    stolen = query_of(attacker.at_the_provider(attacker.begin()))["code"]
    query = query_of(victim.at_the_provider(victim.begin())) | {"code": stolen}

    response = victim.get(f"{CALLBACK}?{urlencode(query)}")

    is_refused(stage, victim, response)  # the provider looks at the verifier


def test_ses_08_and_if_the_provider_did_not_look_the_nonce_would_tell(stage):
    attacker, victim = stage.browser(), stage.browser()
    theirs = attacker.at_the_provider(attacker.begin())
    attacker.get(theirs)
    redeemed = stage.wire.sent[-1][1]
    assert redeemed["code"]
    tokens = _tokens_of_another_sign_in(stage)
    stage.wire.instead.append(answering(200, tokens))

    response = victim.sign_in()

    assert response.status_code == 400
    assert victim.session is None


def _tokens_of_another_sign_in(stage: Stage) -> bytes:
    kept: list[bytes] = []

    def keep(answer):
        kept.append(answer.content)
        return answer

    stage.wire.after = keep
    stage.browser().sign_in()
    return kept[0]


@pytest.mark.parametrize("issuer", [None, "", "https://evil.test/", "the customers'"])
def test_ses_09_a_callback_that_does_not_name_our_provider_redeems_no_code(stage, issuer):
    browser = stage.browser()
    query = query_of(browser.at_the_provider(browser.begin()))
    assert query["iss"] == stage.issuer
    other = stage.issuer.replace("dezky-operator", "dezky-portal") if issuer == "the customers'" else issuer
    query = {name: value for name, value in (query | {"iss": other}).items() if value is not None}

    response = browser.get(f"{CALLBACK}?{urlencode(query)}")

    is_refused(stage, browser, response)
    assert stage.wire.sent == []


@pytest.mark.parametrize(("issuer", "status"), [(None, 303), ("https://evil.test/", 400)])
def test_ses_09_a_provider_that_never_names_itself_need_not_but_may_not_be_another(stage, issuer, status):
    metadata = portal_wiring.provider("operator")._metadata
    metadata._known = (replace(metadata.get(), names_itself=False), stage.clock.time())
    browser = stage.browser()
    query = query_of(browser.at_the_provider(browser.begin())) | {"iss": issuer}

    response = browser.get(
        f"{CALLBACK}?{urlencode({name: value for name, value in query.items() if value is not None})}"
    )

    assert response.status_code == status


def test_a_transaction_is_sealed(stage):
    browser = stage.browser()
    browser.begin("?return_to=/tenants")

    (name,) = browser.transactions
    sealed = browser.cookies[name]

    assert "tenants" not in sealed
    assert KeyRing("operator", OPERATOR_KEYS).open(PURPOSE, sealed)
    assert KeyRing("customer", OPERATOR_KEYS).open(PURPOSE, sealed) is None
    assert OPERATOR not in sealed
