"""A worker dies before or after any of its calls; at most two more runs, and all is as it should be."""

import pytest

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.downstream import Api
from chalicelib.reconcile.reconciler import Reconciler
from tests.builders import NOON, a_person, a_tenant, a_wanted, an_id
from tests.contract.connectors.authentik_bench import BINDINGS, FILES, TOKEN, a_novan, an_authentik
from tests.fakes import FakeClock, FakeRoster, FakeTenants

ADA, BOB = a_novan("ada"), a_novan("bob", active=False)
GIL = a_person("gil@home.test", home=False)
REMOVED = IntegrationStatus(state="removed")  # a purge of identity waits for the two others
TENANT = a_tenant(
    slug="nova", domains=("nova.test",), provisioning=Provisioning(stalwart=REMOVED, ocis=REMOVED)
)
PURGED = {"lifecycle": "terminated", "purging_since": NOON}

# From which state to which: (fields of the tenant, people) each.
MOVES = {
    "create": (None, ({}, (ADA, BOB, GIL))),
    "change": (({}, (ADA, BOB, GIL)), ({"plan": "business"}, (ADA.with_(name="Countess"), a_novan("new")))),
    "suspend": (({}, (ADA, BOB, GIL)), ({"lifecycle": "suspended"}, (ADA, BOB, GIL))),
    "resume": (({"lifecycle": "suspended"}, (ADA, BOB, GIL)), ({}, (ADA, BOB, GIL))),
    "purge": (({}, (ADA, BOB, GIL)), (PURGED, (ADA, BOB, GIL))),
}


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class MortalApi(Api):
    """An Api that takes its process with it at the call of the given number; 0 is never."""

    def __init__(self, endpoint, dies_at: int, dies: str) -> None:
        super().__init__(endpoint, sleep=lambda _: None)
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


class Worker:
    """Runs the tenant as the engine does, in the state that is wished at the moment."""

    def __init__(self, bench):
        self.bench = bench
        self.tenants, self.clock = FakeTenants(TENANT), FakeClock()
        self.people = ()

    def wish(self, state):
        fields, self.people = state
        stored = self.tenants.stored[TENANT.id]
        newer = TENANT.with_(**fields, revision=stored.revision, generation=stored.generation + 1)
        self.tenants.stored[TENANT.id] = newer

    def run(self, dies_at=0, dies="before"):
        self.clock.move(61)  # the lease of one who died has ended
        authentik = Authentik(MortalApi(endpoint(self.bench.url, TOKEN), dies_at, dies))
        connectors = {"authentik": AuthentikConnector(authentik, (FILES,))}
        roster = FakeRoster(*self.people)
        reconciler = Reconciler(self.tenants, roster, connectors, self.clock, an_id, lambda: 0.5)
        return reconciler.reconcile("authentik", TENANT.id)


@pytest.fixture
def bench():
    with an_authentik() as bench:
        application = bench.an_application()
        admins = bench.group("dezky-platform-admins")["pk"]
        bench.made(BINDINGS, target=application, group=admins, order=0)
        bench.reconcile(a_wanted(GIL.with_(home=True), slug="home", domains=("home.test",)))
        yield bench


def result(bench):
    users = {name: (user["name"], user["is_active"]) for name, user in bench.users().items()}
    group = bench.group()
    return (
        users,
        bench.members(),
        group and group["attributes"],
        len(bench.bindings()),
        bench.active("dezky/home"),
    )


def undisturbed(bench, before, after):
    """What comes out when nobody dies."""
    worker = Worker(bench)
    for state in (before, after):
        if state:
            worker.wish(state)
            assert worker.run().kind == "done"
    return result(bench)


@pytest.mark.parametrize("dies", ["before", "after"])
@pytest.mark.parametrize("move", MOVES)
def test_que_07_a_worker_may_die_at_any_call(bench, move, dies):
    before, after = MOVES[move]
    start, deaths = bench.snapshot(), 0
    expected = undisturbed(bench, before, after)

    while True:
        bench.restore(start)
        worker = Worker(bench)
        if before:
            worker.wish(before)
            worker.run()
        worker.wish(after)
        try:
            worker.run(deaths + 1, dies)
            break  # it made fewer calls than that
        except Killed:
            deaths += 1
        assert "done" in {worker.run().kind, worker.run().kind}
        assert result(bench) == expected

    assert deaths >= 6
