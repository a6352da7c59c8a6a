"""A real browser in front of the whole platform.

`stack` is started once per test process; tests share it, so each makes what it needs under names of its own.
Everything that a profile was sent is searched for tokens when its test ends, and the stack's logs at the end
of all; a console that complains fails the test.
"""

from __future__ import annotations

import pytest
import requests

from infra.local.chromium import MISSING, chromium, executable
from infra.local.identity.sign_in import sign_in as token_of
from infra.local.scratch import running
from infra.local.settings import PASSWORD
from tests.browser.leaks import leaks, logs_of
from tests.browser.visitor import Look, opened, sign_in
from tests.needs import lacking

OPERATOR = "operator@dezky.local"


@pytest.fixture(scope="session")
def browser():
    if executable() is None:
        lacking(MISSING)
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def stack(browser, tmp_path_factory):
    """LocalSettings of a running stack with its demo data."""
    with running(tmp_path_factory.mktemp("portal") / "data") as started:
        yield started.settings
        found = leaks(started.settings, *logs_of(started.settings))
    assert found == [], "SES-38: what must stay hidden was logged"


@pytest.fixture
def open_page(browser, stack, tmp_path):
    """Open a page in a profile of its own: `open_page(javascript=False)`."""
    profiles = []

    def page(**look):
        profiles.append(opened(browser, stack.gateway_url, tmp_path, Look(**look)))
        return profiles[-1].context.new_page()

    yield page
    for profile in profiles:
        profile.close()
    assert [each for profile in profiles for each in profile.problems] == []
    assert leaks(stack, *(profile.archive for profile in profiles)) == [], "SES-38"


@pytest.fixture(scope="session")
def kept_sessions():
    """The cookies of people who signed in once, by person."""
    return {}


@pytest.fixture
def signed_in(open_page, kept_sessions):
    """A page of somebody who signed in through the provider, once for all tests: `signed_in(dark=True)`."""

    def page(person=OPERATOR, **look):
        if person not in kept_sessions:
            first = open_page()
            sign_in(first, person)
            first.wait_for_url("**/operator")
            kept_sessions[person] = first.context.storage_state()
        return open_page(state=kept_sessions[person], **look)

    return page


@pytest.fixture
def api(stack):
    """The API with the operator's token, for what a test needs to be there."""
    token = token_of(stack.identity_url, "dezky-operator", OPERATOR, PASSWORD)["access_token"]
    with Api(stack.gateway_url, token) as session:
        yield session


class Api(requests.Session):
    """Takes paths; what is refused fails the test."""

    def __init__(self, url, token):
        super().__init__()
        self.trust_env, self._url = False, url
        self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, path, *args, **more):
        answer = super().request(method, f"{self._url}{path}", *args, **{"timeout": 20, **more})
        assert answer.ok, answer.text
        return answer
