"""One list that is empty by mistake, at each call in turn: no purge ends early, nothing is made twice."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from tests.simulation import estate
from tests.simulation.network import Calm
from tests.simulation.storm import Killed
from tests.simulation.test_crashes import undisturbed
from tests.simulation.vendors import Reply

MOST_RUNS = 5


class EmptyAt(Calm):
    """The lists in the answer to the call of that number are empty."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def before(self, integration, arrival):
        super().before(integration, arrival)
        return "empty-list" if len(self.calls) == self._number else ""


def deaths(integration):
    """0 for a worker that lives, and the number of each call of a creation that one dies after."""
    return range(undisturbed(integration, "create")[0] + 1)


def made(integration, dies_at):
    place = estate.before(integration, "create")
    if dies_at:
        with pytest.raises(Killed):
            place.run(estate.Mortal(dies_at, "after"))
    else:
        place.settle()
    return place


def settled(place, first):
    """How many calls the first of these looks took."""
    outcome = place.run(first)
    for _ in range(MOST_RUNS):
        if outcome.kind in {"done", "skipped"}:
            break
        outcome = place.run(Calm())
    assert outcome.kind in {"done", "skipped"}, outcome
    return len(first.calls)


def doomed(integration, dies_at):
    place = made(integration, dies_at)
    estate.terminated(place)
    estate.purged(place)
    return place


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_a_purge_that_is_reported_has_left_nothing(integration):
    nothing, left = estate.Estate(integration).count(), {}
    for dies_at in deaths(integration):
        calls, number = MOST_RUNS, 0
        while number < calls:
            place, number = doomed(integration, dies_at), number + 1
            calls = settled(place, EmptyAt(number))
            if place.count() != nothing:
                left[dies_at, number] = place.count()

    assert left == {}


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_what_a_dead_worker_made_is_made_once(integration):
    wanted, other = undisturbed(integration, "create")[1], {}
    for dies_at in deaths(integration):
        calls, number = MOST_RUNS, 0
        while number < calls:
            place, number = made(integration, dies_at), number + 1
            calls = settled(place, EmptyAt(number))
            place.run(Calm())
            if place.count() != wanted:
                other[dies_at, number] = place.count()

    assert other == {}


class Blind(Calm):
    """The lists in answers to some calls are always empty."""

    def __init__(self, is_hidden) -> None:
        super().__init__()
        self._is_hidden = is_hidden

    def before(self, integration, arrival):
        super().before(integration, arrival)
        return "empty-list" if self._is_hidden(arrival) else ""


def test_a_purge_finds_a_domain_that_was_begun_for_an_earlier_wish_by_its_name():
    place = estate.before("stalwart", "create")
    place.wish(place.tenant.with_(domains=("nord.test", "old.test", "brief.test")))
    with pytest.raises(Killed):
        place.run(estate.Mortal(5, "after"))
    place.wish(place.tenant.changed(place.clock(), domains=("nord.test", "old.test")))
    assert place.count()["Domain"] == 3
    estate.terminated(place)
    estate.purged(place)

    place.run(Blind(lambda arrival: arrival.calls == ("x:Domain/query", "x:Domain/get")))  # by the marker

    assert place.count() == estate.Estate("stalwart").count()


class Shy:
    """oCIS as it shows disabled spaces in lists only."""

    def __init__(self, vendor):
        self._vendor = vendor

    def __getattr__(self, name):
        return getattr(self._vendor, name)

    def answer(self, request):
        reply = self._vendor.answer(request)
        is_one = request.method == "GET" and "/drives/" in request.path and reply.status == 200
        is_disabled = is_one and "deleted" in json.loads(reply.content)["root"]
        return Reply(404, b"{}") if is_disabled else reply


def test_a_purge_is_not_over_while_a_disabled_space_is_in_one_list_of_two():
    place = estate.before("ocis", "terminate")
    place.settle()
    estate.purged(place)
    place.vendor = Shy(place.vendor)

    outcome = place.run(Blind(lambda arrival: "driveType" in arrival.path))

    assert (outcome.kind, outcome.code) == ("later", "unexpected-answer")
    place.settle()
    assert place.count()["spaces"] == estate.Estate("ocis").count()["spaces"]


def test_a_suspension_locks_out_whom_one_list_hides():
    """Nobody is made for a tenant that is suspended, so no refusal tells that somebody is there after all."""
    still_in, calls, number = {}, MOST_RUNS, 0
    while number < calls:
        place, number = estate.before("ocis", "suspend"), number + 1
        place.settle()
        with place.vendor.world.installation.changing() as state:  # by hand
            ours = {key: each for key, each in state["users"].items() if each["mail"].endswith("@nord.test")}
            for group in state["groups"].values():
                group["members"] = [each for each in group["members"] if each not in ours]
            for user in ours.values():
                user["accountEnabled"] = True
        first = EmptyAt(number)
        outcome = place.run(first)
        calls = len(first.calls)
        users = estate.contents(place.vendor)["users"].values()
        if outcome.kind == "done" and any(
            each["accountEnabled"] for each in users if "@nord" in each["mail"]
        ):
            still_in[number] = outcome

    assert calls > 2
    assert still_in == {}
