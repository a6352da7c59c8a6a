"""A worker is killed before or after each of its calls; the next ones finish what it leaves behind."""

import pytest

from chalicelib.errors import TryLater
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from chalicelib.reconcile.walk import Walk
from tests.builders import NOON, a_person, a_wanted
from tests.contract.connectors.stalwart_bench import KEY, a_stalwart, everything, seen

ADA, BO = a_person("ada@acme.test", name="Ada"), a_person("bo@old.test", name="Bo")
BOTH = ("acme.test", "old.test")
START = a_wanted(ADA, BO, domains=BOTH)
SUSPENDED = a_wanted(ADA, BO, domains=BOTH, lifecycle="suspended")
LIVES = {
    "create": (None, START),
    "change": (START, a_wanted(ADA.with_(name="Ada L"), domains=("acme.test", "new.test"), plan="business")),
    "suspend": (START, SUSPENDED),
    "resume": (SUSPENDED, a_wanted(ADA, BO.with_(active=False), domains=BOTH)),
    "terminate": (SUSPENDED, a_wanted(ADA, BO, domains=BOTH, lifecycle="terminated")),
    "purge": (START, a_wanted(ADA, domains=BOTH, lifecycle="terminated", purging_since=NOON)),
}
MOST_CALLS = 40  # more than any of these runs makes


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class MortalApi(Api):
    """An Api that takes its process with it at the call of the given number."""

    def __init__(self, url: str, dies_at: int, dies: str) -> None:
        super().__init__(endpoint(url, KEY), sleep=lambda _: None)
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


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


def begin(bench, before):
    """An empty server, but for what `before` makes on it."""
    bench.reconcile(a_wanted(lifecycle="terminated", purging_since=NOON))
    if before is not None:
        bench.reconcile(before)
    everything(bench)  # DKIM keys are there by now


def is_killed(bench, tenant, dies_at, dies):
    connector = StalwartConnector(Stalwart(Jmap(MortalApi(bench.url, dies_at, dies))))
    try:
        Walk(connector, tenant, lambda: True).go()
    except Killed:
        return True
    return False


def runs_to_converge(bench, tenant):
    for number in (1, 2):
        try:
            bench.reconcile(tenant)
        except TryLater:
            continue
        return number
    raise AssertionError("two runs were not enough")


@pytest.mark.parametrize("dies", ["before", "after"])
@pytest.mark.parametrize("life", LIVES)
def test_que_07_a_worker_killed_at_any_call_is_made_good_by_the_next_two(bench, life, dies):
    before, after = LIVES[life]
    begin(bench, before)
    bench.reconcile(after)
    whole, deaths = seen(bench), 0

    for dies_at in range(1, MOST_CALLS):
        begin(bench, before)
        if not is_killed(bench, after, dies_at, dies):
            break
        deaths += 1
        assert runs_to_converge(bench, after) <= 2
        assert seen(bench) == whole
        bench.forget()
        bench.reconcile(after)
        assert bench.writes() == []

    assert 4 <= deaths < MOST_CALLS - 1
