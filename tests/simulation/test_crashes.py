"""A worker dies before or after each single call to a vendor: none is left out, none is sampled."""

from __future__ import annotations

from functools import cache

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from tests.simulation import estate
from tests.simulation.network import Calm
from tests.simulation.storm import Killed

MOST_RUNS = 2  # after the crash


@cache
def undisturbed(integration, deed):
    """How many calls the deed takes, and what the vendor holds afterwards."""
    whole, weather = estate.before(integration, deed), estate.Mortal()
    outcome = whole.run(weather)
    assert outcome.kind == "done", outcome
    whole.run(Calm())  # the mail server makes a domain's keys a moment later
    return len(weather.calls), whole.count()


def crashes():
    for integration in INTEGRATIONS:
        for deed in estate.MOVES:
            calls, _ = undisturbed(integration, deed)
            for call in range(1, calls + 1):
                for moment in ("before", "after"):
                    yield pytest.param(
                        integration, deed, call, moment, id=f"{deed}-{integration}-{moment}-{call}"
                    )


@pytest.mark.parametrize(("integration", "deed", "call", "moment"), list(crashes()))
def test_que_07_a_worker_that_dies_at_a_call_is_made_good_in_two_runs(integration, deed, call, moment):
    place = estate.before(integration, deed)
    with pytest.raises(Killed):
        place.run(estate.Mortal(call, moment))

    outcomes = [place.run(Calm())]
    while outcomes[-1].kind != "done" and len(outcomes) < MOST_RUNS:
        outcomes.append(place.run(Calm()))
    after = Calm()
    place.run(after)

    assert outcomes[-1].kind == "done", outcomes
    assert [arrival for _, arrival in after.calls if arrival.is_write] == []
    assert place.count() == undisturbed(integration, deed)[1]


def test_all_deeds_are_there_and_each_takes_calls():
    deeds = {(each.values[0], each.values[1]) for each in crashes()}

    assert {deed for _, deed in deeds} == set(estate.MOVES)
    assert {integration for integration, _ in deeds} == set(INTEGRATIONS)
