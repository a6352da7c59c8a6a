"""SES-41: a renewal whose outcome is lost, or that nobody needs any more."""

from __future__ import annotations

import pytest

from chalicelib import portal_wiring
from chalicelib.errors import ProviderAway, SessionEnded
from tests.security.portal.stage import Stage
from tests.security.portal.test_ses_renewal import LIFE, a_session, opened


def test_ses_41_a_crash_after_the_rotation_ends_in_a_sign_in_and_in_no_circle(stage):
    """The provider has spent the refresh token, and nobody has the new one."""
    browser = a_session(stage, minutes=LIFE + 1)
    stage.wire.instead.append(_lost(stage))
    assert browser.get("/operator/tenants").status_code == 503

    response = browser.get("/operator/tenants")

    assert (response.status_code, stage.sessions()) == (303, [])
    page = browser.get(response.headers["Location"])
    assert page.status_code == 200  # a page to look at, which sends nobody anywhere by itself
    assert browser.session is None
    assert browser.sign_in().status_code == 303
    assert browser.get("/operator/tenants").status_code == 200


def test_ses_41_who_signs_out_during_a_renewal_stays_signed_out(stage):
    browser = a_session(stage, minutes=LIFE - 0.5)
    session = opened(browser)

    def sign_out_meanwhile(answer):
        stage.wire.after = lambda each: each
        stage.mongo.collection("sessions").delete_many({})
        return answer

    stage.wire.after = sign_out_meanwhile

    with pytest.raises(SessionEnded):
        portal_wiring.sessions("operator").access_token(session)

    assert stage.sessions() == []
    (grant,) = stage.world.table("grants").values()
    assert grant["refresh"] not in stage.world.table("refresh")  # what was renewed too late is given back


def _lost(stage: Stage):
    """The provider does what it is asked, and its answer never arrives."""

    def lose(data):
        from chalicelib.integrations.identity_provider import FormPosts

        sent = {"Authorization": _basic()}
        FormPosts().post(f"{stage.provider_url}/application/o/token/", data=data, headers=sent)
        raise ProviderAway("no-answer")

    return lose


def _basic() -> str:
    from requests.auth import _basic_auth_str

    return _basic_auth_str("dezky-operator", "dezky-operator-local-secret")
