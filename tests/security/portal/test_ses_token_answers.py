"""SES-10: an odd answer of the token endpoint signs nobody in, and the code is not tried again."""

from __future__ import annotations

import json

import pytest

from tests.security.portal.stage import answering, away


def changed(**changes: object):
    """The provider's own answer with other members; None takes one out."""

    def change(answer):
        body = {
            name: value for name, value in (json.loads(answer.content) | changes).items() if value is not None
        }
        return type(answer)(answer.status_code, json.dumps(body).encode())

    return change


WRONG = {
    "no id token": changed(id_token=None),
    "an id token that is none": changed(id_token="x.y.z"),
    "no access token": changed(access_token=None),
    "an access token that is none": changed(access_token="x"),
    "token type MAC": changed(token_type="MAC"),
    "no token type": changed(token_type=None),
    "expires_in negative": changed(expires_in=-1),
    "expires_in zero": changed(expires_in=0),
    "expires_in as text": changed(expires_in="900"),
    "expires_in true": changed(expires_in=True),
    "expires_in huge": changed(expires_in=10**12),
    "no expires_in": changed(expires_in=None),
    "a refresh token that is a list": changed(refresh_token=["x"]),
}
ODD = {
    "400 invalid_grant": answering(400, b'{"error": "invalid_grant"}'),
    "400 invalid_client": answering(400, b'{"error": "invalid_client"}'),
    "401 without a word": answering(401, b""),
    "500": answering(500, b'{"error": "server_error"}'),
    "302": answering(302, b""),
    "HTML": answering(200, b"<!doctype html><p>Hello"),
    "a list": answering(200, b"[]"),
    "null": answering(200, b"null"),
    "nested too deeply": answering(200, b"[" * 100_000),
    "a timeout": away,
}


@pytest.mark.parametrize("name", [*WRONG, *ODD])
def test_ses_10_an_odd_answer_of_the_token_endpoint_signs_nobody_in(stage, name):
    browser = stage.browser()
    if name in WRONG:
        stage.wire.after = WRONG[name]
    else:
        stage.wire.instead.append(ODD[name])
    arrived = browser.at_the_provider(browser.begin())
    transaction = dict(browser.cookies)

    response = browser.get(arrived)

    assert response.status_code in {400, 503}, response.text
    assert "Traceback" not in response.text
    assert (browser.session, stage.sessions(), browser.transactions) == (None, [], [])
    assert len(stage.wire.grants("authorization_code")) == 1  # not tried again …
    browser.cookies.update(transaction)
    assert browser.get(arrived).status_code == 400
    assert len(stage.wire.grants("authorization_code")) == 1  # … nor later
