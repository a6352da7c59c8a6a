"""The whole stack on free ports, in a folder of its own.

`stack` starts it once per test session and yields its LocalSettings; tests share it, so each makes what it
needs under names of its own. `start_stack` starts another one for tests that stop or break it.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests

from infra.local.identity.sign_in import sign_in
from infra.local.settings import PASSWORD, LocalSettings
from infra.local.waiting import is_answered, until

READY = "Ctrl-C stops everything."
START = 60  # seconds, on a busy machine
STOP = 5  # seconds, promised


class RunningStack:
    """`python -m infra.local.run` in a process group of its own."""

    def __init__(self, settings):
        self.settings = settings
        self._said = settings.folder.parent / f"{settings.folder.name}.out"
        environment = {**os.environ, **settings.variables()}
        command = [sys.executable, "-m", "infra.local.run"]
        with self._said.open("wb") as file:
            self.process = subprocess.Popen(  # noqa: S603 (the project's own command)
                command, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    @property
    def said(self):
        return self._said.read_text()

    def wait_until_ready(self):
        """Seconds until it was."""
        began = time.monotonic()
        until(lambda: READY in self.said or self.process.poll() is not None, START)
        assert READY in self.said, self.said
        return time.monotonic() - began

    def press_ctrl_c(self):
        """Exit code, and the seconds that stopping took."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)  # a terminal signals the whole group
        code = self.process.wait(STOP * 4)
        return code, time.monotonic() - began

    def is_anything_left(self):
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return any(map(is_answered, self.settings.ports().values()))
        return True

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(STOP * 4)


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


def free_settings(folder):
    """Settings with ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(6)]
        numbers = [probe.getsockname()[1] for probe in probes]
    names = ("gateway", "identity", "stalwart", "ocis", "aws", "mongodb")
    given = {f"{name}_port": number for name, number in zip(names, numbers, strict=True)}
    return LocalSettings(**given, folder=folder)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """LocalSettings of a running stack with its demo data."""
    running = RunningStack(free_settings(tmp_path_factory.mktemp("stack") / "data"))
    try:
        running.wait_until_ready()
        yield running.settings
    finally:
        running.end()


@pytest.fixture
def start_stack():
    """Start a stack with given settings; what the test leaves running is ended."""
    started = []

    def start(settings):
        started.append(RunningStack(settings))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.end()


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
