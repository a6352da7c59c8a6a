"""The whole stack on free ports, in a folder of its own.

`stack` starts it once per test session and yields its LocalSettings; tests share it, so each makes what it
needs under names of its own. `start_stack` starts another one for tests that stop or break it.
"""

import pytest
import requests

from infra.local.identity.sign_in import sign_in
from infra.local.scratch import RunningStack, free_settings, running
from infra.local.settings import PASSWORD


class Person:
    """Someone with a token of one of the two portals, who calls the API."""

    def __init__(self, settings, address, application):
        token = sign_in(settings.identity_url, application, address, PASSWORD)["access_token"]
        self._url = settings.gateway_url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path, **more):
        return self._session.get(f"{self._url}{path}", timeout=20, **more)

    def post(self, path, body=None, **more):
        return self._session.post(f"{self._url}{path}", json=body, timeout=20, **more)

    def patch(self, url, body):
        return self._session.patch(url, json=body, timeout=20)

    @property
    def headers(self):
        return {"Authorization": self._session.headers["Authorization"]}

    def close(self):
        self._session.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """LocalSettings of a running stack with its demo data."""
    with running(tmp_path_factory.mktemp("stack") / "data") as started:
        yield started.settings


@pytest.fixture
def start_stack():
    """Start a stack with given settings; what the test leaves running is ended."""
    started = []

    def start(settings):
        started.append(RunningStack(settings))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end()


@pytest.fixture
def own_settings(tmp_path):
    """Free ports and an empty folder."""
    return free_settings(tmp_path / "data")


@pytest.fixture
def signed_in(stack):
    """Sign somebody in: `signed_in("owner@acme.test", "dezky-portal")`."""
    people = []

    def sign(address="operator@dezky.local", application="dezky-operator"):
        people.append(Person(stack, address, application))
        return people[-1]

    yield sign
    for person in people:
        person.close()
