"""What the stack starts, and how it comes by its demo data."""

import pytest

from infra.local import stack
from infra.local.demo import NotFilled, Visitor
from infra.local.demo_data import PARTNERS, SUSPENDED, TENANTS
from infra.local.settings import LocalSettings
from infra.local.supervisor import PartFailed


class FakeSupervisor:
    """Starts nothing; commands fail when it is told so."""

    def __init__(self, demo_fails=False):
        self.demo_fails = demo_fails
        self.started, self.said = [], []

    def start(self, part):
        self.started.append(part.name)
        return part

    def wait_until_ready(self, children):
        self.started.append("ready")

    def finish(self, child):
        if self.demo_fails:
            raise PartFailed("the demo failed")

    def say(self, line):
        self.said.append(line)


class FakeSession:
    """Answers every call with one status."""

    def __init__(self, status):
        self.status_code, self.text = status, "why"

    def get(self, url, **more):
        return self

    def post(self, url, **more):
        return self


@pytest.fixture
def settings(tmp_path):
    return LocalSettings(folder=tmp_path)


def a_visitor(status):
    visitor = Visitor.__new__(Visitor)
    visitor._url, visitor._session = "http://gateway", FakeSession(status)
    return visitor


def test_the_parts_start_side_by_side_and_the_demo_data_comes_last(settings):
    supervisor = FakeSupervisor()

    stack.start(supervisor, settings)

    assert supervisor.started == ["database", "vendors", "cloud", "application", "ready", "demo"]


def test_demo_data_is_made_once(settings):
    stack.start(FakeSupervisor(), settings)
    second = FakeSupervisor()

    stack.start(second, settings)

    assert "demo" not in second.started


def test_demo_data_that_cannot_be_made_is_said_and_tried_again(settings):
    first, second = FakeSupervisor(demo_fails=True), FakeSupervisor()

    stack.start(first, settings)
    stack.start(second, settings)

    assert first.said == ["the demo failed"]
    assert "demo" in second.started


def test_beside_a_given_database_none_is_started(tmp_path):
    given = LocalSettings(given_mongodb_uri="mongodb://db.example/", folder=tmp_path)

    assert [part.name for part in stack.parts(given)] == ["vendors", "cloud", "application"]


@pytest.mark.parametrize("status", [200, 201, 409])
def test_what_is_there_already_is_well(status):
    a_visitor(status).post("/partners", {}, key="k")


@pytest.mark.parametrize("status", [401, 422, 500])
def test_a_refusal_of_demo_data_is_told(status):
    with pytest.raises(NotFilled, match=rf"POST /partners answered {status}: why"):
        a_visitor(status).post("/partners", {}, key="k")
    with pytest.raises(NotFilled, match=rf"GET /me answered {status}"):
        a_visitor(status).get("/me")


def test_the_demo_data_refers_only_to_itself():
    partners = {body["slug"] for body in PARTNERS}
    tenants = {body["slug"] for body in TENANTS}

    assert {body["partnerId"] for body in TENANTS if "partnerId" in body} <= partners
    assert set(SUSPENDED) <= tenants
    assert (len(partners), len(tenants), len(SUSPENDED)) == (3, 8, 1)
