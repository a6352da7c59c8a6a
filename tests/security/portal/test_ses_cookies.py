"""SES-19 to SES-24: what a cookie is worth that is not exactly the one that we set."""

from __future__ import annotations

import base64
import random

import pytest

from chalicelib import portal_wiring
from chalicelib.auth.transactions import PURPOSE
from chalicelib.domain.cookies import cleared, cookies
from chalicelib.services.sessions import COOKIE as SESSION
from tests.security.portal.stage import COOKIE, OPERATOR_KEYS, SIGN_IN, Browser, Stage, set_cookies

SEED = 20_261_122
MUTATIONS = 10_000
FLAGS = {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"}
OLD, NEW, OTHER = OPERATOR_KEYS, "k2:" + "C" * 42 + "A", "k9:" + "D" * 42 + "A"


def opens(cookie_header: str | None) -> bool:
    return portal_wiring.sessions("operator").find(cookie_header) is not None


def with_keys(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    """The same portal after its key ring was changed and all containers were renewed."""
    settings = portal_wiring.settings()
    changed = type(settings)(
        **{name: getattr(settings, name) for name in settings.__slots__} | {"operator_session_keys": keys}
    )
    monkeypatch.setattr(portal_wiring, "settings", lambda: changed)
    for name in ("surface", "sessions", "sign_in", "provider", "sign_outs", "logout_tokens"):
        getattr(portal_wiring, name).cache_clear()


def test_ses_19_every_cookie_has_every_flag_also_when_it_is_taken_away(stage):
    browser = stage.signed_in()
    browser.sign_out()

    lines = [line for response in stage.seen for line in set_cookies(response)]

    assert {line.partition("=")[0] for line in lines} > {COOKIE}
    for line in lines:
        name, *flags = [part.strip() for part in line.split(";")]
        assert name.startswith(("__Host-operator_session=", SIGN_IN))
        assert set(flags) >= FLAGS
        assert {flag for flag in flags if not flag.startswith("Max-Age=")} == FLAGS
    assert cleared(COOKIE) in lines


def test_ses_20_no_change_of_any_byte_opens_a_session(stage):
    cookie = stage.signed_in().session
    assert opens(f"{COOKIE}={cookie}")

    for at, character in enumerate(cookie):
        other = "A" if character != "A" else "B"
        assert not opens(f"{COOKIE}={cookie[:at]}{other}{cookie[at + 1 :]}"), at
        assert not opens(f"{COOKIE}={cookie[:at]}{cookie[at + 1 :]}"), at
    for changed in ("", cookie[:20], cookie + "A", cookie + "=", cookie * 2, f'"{cookie}"', cookie.upper()):
        assert not opens(f"{COOKIE}={changed}"), changed


def test_ses_20_parts_of_two_cookies_make_no_third(stage):
    one, two = stage.signed_in().session, stage.signed_in().session
    raw_one, raw_two = (base64.urlsafe_b64decode(each.partition(".")[2] + "==") for each in (one, two))

    for cut in (1, 12, 44, len(raw_one) - 16):  # nonce, text, seal
        mixed = base64.urlsafe_b64encode(raw_one[:cut] + raw_two[cut:]).rstrip(b"=").decode()
        assert not opens(f"{COOKIE}=k1.{mixed}")


def test_ses_20_ten_thousand_mutations_open_nothing_and_raise_nothing(stage):
    cookie, chance = stage.signed_in().session, random.Random(SEED)  # noqa: S311 - no secret is made of it
    header = f"{COOKIE}={cookie}"

    for _ in range(MUTATIONS):
        mutated = _mutated(header, chance)
        if cookies(mutated).get(COOKIE) != cookie:
            assert not opens(mutated), mutated
    assert opens(header)


def test_ses_20_pages_send_such_a_browser_to_the_sign_in_and_take_the_cookie_away(stage):
    browser = stage.signed_in()
    browser.cookies[COOKIE] = browser.session[:-2] + "AA"

    response = browser.get("/operator/tenants?status=active")

    assert response.status_code == 303
    assert response.headers["Location"] == "/operator/auth/login?return_to=%2Ftenants%3Fstatus%3Dactive"
    assert cleared(COOKIE) in set_cookies(response)
    assert browser.get(response.headers["Location"]).status_code == 200


def test_ses_21_a_cookie_of_one_purpose_is_none_of_another(stage):
    browser = stage.signed_in()
    address = browser.begin()
    (name,) = browser.transactions
    transaction, session = browser.cookies[name], browser.session

    assert not opens(f"{COOKIE}={transaction}")
    browser.cookies[name] = session
    assert browser.get(browser.at_the_provider(address)).status_code == 400


def test_ses_21_what_is_sealed_for_one_session_opens_in_no_other(stage):
    stage.signed_in()
    stage.signed_in()
    one, two = stage.sessions()
    stage.mongo.collection("sessions").update_one({"_id": one["_id"]}, {"$set": {"tokens": two["tokens"]}})
    ring = portal_wiring.surface("operator").keys

    assert ring.open(f"tokens:{one['_id']}", two["tokens"]) is None
    assert ring.open(f"tokens:{two['_id']}", two["tokens"])
    assert ring.open(SESSION, two["tokens"]) is None
    assert ring.open(PURPOSE, two["tokens"]) is None


def test_ses_22_a_cookie_under_the_key_before_is_accepted_and_sealed_anew(stage, monkeypatch):
    browser = stage.signed_in()
    before = browser.session
    with_keys(monkeypatch, f"{NEW},{OLD}")

    assert browser.get("/operator/tenants").status_code == 200

    assert browser.session != before
    assert browser.session.startswith("k2.")
    with_keys(monkeypatch, NEW)  # the old key is taken away …
    assert opens(f"{COOKIE}={browser.session}")  # … and the session goes on
    assert not opens(f"{COOKIE}={before}")


def test_ses_22_a_cookie_under_an_unknown_key_is_no_session(stage, monkeypatch):
    browser = stage.signed_in()

    with_keys(monkeypatch, OTHER)

    assert not opens(f"{COOKIE}={browser.session}")
    assert browser.get("/operator/tenants").status_code == 303


def test_ses_22_a_session_whose_tokens_no_key_opens_ends(stage, monkeypatch):
    browser = stage.signed_in()
    with_keys(monkeypatch, f"{NEW},{OLD}")
    browser.get("/operator/tenants")
    with_keys(monkeypatch, NEW)

    response = browser.get("/operator/tenants")

    assert (response.status_code, stage.sessions()) == (303, [])


def test_ses_23_two_cookies_of_that_name_are_no_session(stage):
    browser = stage.signed_in()
    other = stage.signed_in().session

    for first, second in ((browser.session, other), (other, browser.session), (browser.session,) * 2):
        header = f"{COOKIE}={first}; {COOKIE}={second}"
        assert not opens(header)
        response = Browser(stage).get("/operator/tenants", headers={"Cookie": header})
        assert response.status_code == 303


def test_ses_23_a_name_that_only_looks_alike_does_not_count(stage):
    session = stage.signed_in().session

    for name in ("operator_session", "__host-operator_session", "__Secure-operator_session", f" {COOKIE}x"):
        assert not opens(f"{name}={session}")
    assert opens(f"a=b; {COOKIE}={session}; {COOKIE.lower()}=x; c")


def test_ses_24_many_groups_make_no_larger_cookie(stage):
    _join_groups(stage, 60)

    browser = stage.signed_in()

    assert browser.get("/operator/tenants").status_code == 200
    longest = max(len(line) for response in stage.seen for line in set_cookies(response))
    assert longest < 1_000  # of the 4,096 that browsers keep


def test_ses_24_tokens_that_are_too_large_for_the_api_are_said_aloud(stage, caplog):
    _join_groups(stage, 200)
    browser = stage.browser()

    response = browser.sign_in()

    assert (response.status_code, stage.sessions()) == (503, [])
    assert "sign-in refused" in caplog.text


def _join_groups(stage: Stage, count: int) -> None:
    admins = next(iter(stage.world.groups.rows.values()))
    with stage.world.changing():
        for number in range(count):
            group = stage.world.groups.create({"name": f"{'a-rather-long-name-of-a-group-':x<60}{number}"})
            stage.world.groups.rows[group["pk"]]["users"] = list(admins["users"])


def _mutated(header: str, chance: random.Random) -> str:
    at, many = chance.randrange(len(header)), chance.randrange(1, 9)
    what = chance.randrange(5)
    noise = "".join(chr(chance.randrange(1, 256)) for _ in range(many))
    if what == 0:
        return header[:at] + noise + header[at:]
    if what == 1:
        return header[:at] + header[at + many :]
    if what == 2:
        return header[:at] + noise + header[at + many :]
    if what == 3:
        return header[:at] + header[at:][::-1]
    return header[:at] + header[: chance.randrange(len(header))]
