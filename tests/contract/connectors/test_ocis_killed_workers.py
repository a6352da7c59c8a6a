"""A worker at oCIS is killed before or after each of its calls; at most two more finish its work."""

from collections.abc import Iterator

import pytest

from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis, endpoint
from chalicelib.integrations.ocis.connector import OcisConnector
from chalicelib.reconcile.reconciler import Reconciler
from tests.builders import NOON, a_person, a_tenant, an_id
from tests.contract.connectors.ocis_bench import TOKEN, USER, OcisBench, ocis_bench
from tests.fakes import FakeClock, FakeRoster, FakeTenants

ADA, BOB, EVE = a_person(), a_person("bob@acme.test", active=False), a_person("eve@acme.test")


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class MortalApi(Api):
    """An Api that takes its process with it at the call of the given number."""

    def __init__(self, url: str, dies_at: int, dies: str) -> None:
        super().__init__(endpoint(url, USER, TOKEN), sleep=lambda _: None)
        self._left = dies_at
        self._dies = dies

    def send(self, call):
        self._left -= 1
        if self._left == 0 and self._dies == "before":
            raise Killed
        answer = super().send(call)
        if self._left == 0:
            raise Killed
        return answer


class Stage:
    """A tenant whose wishes change, and workers of which some die."""

    def __init__(self, bench: OcisBench) -> None:
        self.bench = bench
        self.tenant = a_tenant()
        self.tenants, self.roster, self.clock = FakeTenants(self.tenant), FakeRoster(ADA, BOB), FakeClock()

    def wish(self, people=(ADA, BOB), **change):
        stored = self.tenants.stored[self.tenant.id]
        self.tenants.stored[stored.id] = stored.with_(**change, generation=stored.generation + 1)
        self.roster.people = people

    def run(self, dies_at: int = 0, dies: str = "before") -> str:
        """What became of it; "killed" when the worker died."""
        self.clock.move(61)
        api = MortalApi(self.bench.url, dies_at, dies)
        connectors = {"ocis": OcisConnector(Ocis(api, self.bench.url), self.clock)}
        reconciler = Reconciler(self.tenants, self.roster, connectors, self.clock, an_id, lambda: 0.5)
        try:
            return reconciler.reconcile("ocis", self.tenant.id).kind
        except Killed:
            return "killed"


WISHES = {
    "create": {},
    "change": {"people": (ADA, EVE), "name": "Acme Nordic", "plan": "business"},
    "suspend": {"lifecycle": "suspended"},
    "resume": {"lifecycle": "active"},
    "purge": {"lifecycle": "terminated", "purging_since": NOON},
}
BEFORE = {
    "create": [],
    "change": ["create"],
    "suspend": ["create"],
    "resume": ["create", "suspend"],
    "purge": ["create"],
}


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def a_stage(bench, wish):
    stage = Stage(bench)
    for each in BEFORE[wish]:
        stage.wish(**WISHES[each])
        assert stage.run() == "done"
    stage.wish(**WISHES[wish])
    return stage


def number_of_calls(wish):
    """How many calls an undisturbed run makes."""
    with ocis_bench() as bench:
        stage = a_stage(bench, wish)
        bench.forget()
        assert stage.run() == "done"
        return len(bench.writes()) + len(bench.reads())


def seen(bench):
    """What there is, by name: ids differ from one installation to the next."""
    world = bench.world()
    names = {key: each["onPremisesSamAccountName"] for key, each in world["users"].items()}
    users = {each["onPremisesSamAccountName"]: {**each, "id": ""} for each in world["users"].values()}
    groups = {
        each["displayName"]: sorted(names[user] for user in each["members"])
        for each in world["groups"].values()
    }
    spaces = [
        (each["name"], each["quota"], each["trashed"], sorted(each["members"].values()))
        for each in world["spaces"].values()
    ]
    return users, groups, spaces


@pytest.mark.parametrize("dies", ["before", "after"])
@pytest.mark.parametrize("wish", WISHES)
def test_que_07_two_more_runs_make_good_what_a_killed_worker_left(wish, dies):
    with ocis_bench() as bench:
        stage = a_stage(bench, wish)
        assert stage.run() == "done"
        expected = seen(bench)

    for call in range(1, number_of_calls(wish) + 1):
        with ocis_bench() as bench:
            stage = a_stage(bench, wish)

            assert stage.run(call, dies) == "killed"
            outcomes = [stage.run(), stage.run()]

            assert "done" in outcomes, (call, outcomes)
            assert seen(bench) == expected, call
            bench.forget()
            stage.run()
            assert bench.writes() == [], call
