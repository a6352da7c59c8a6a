"""One list that is empty by mistake, at each call in turn: no purge ends early, nothing is made twice."""

from __future__ import annotations

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from tests.simulation import estate
from tests.simulation.network import Calm
from tests.simulation.storm import Killed
from tests.simulation.test_crashes import undisturbed

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
