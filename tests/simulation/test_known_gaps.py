"""Gaps that the simulation found and that are open. Each test fails, strictly, until its gap is closed."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chalicelib.errors import IntegrationFailure
from chalicelib.reconcile.walk import Walk
from tests.builders import NOON, a_wanted
from tests.simulation import estate
from tests.simulation.network import Calm, connector
from tests.simulation.storm import Killed
from tests.simulation.vendors import vendors


class EmptyOnce(Calm):
    """The first list is empty, whatever there is."""

    def before(self, integration, arrival):
        is_first = not self.calls
        super().before(integration, arrival)
        return "empty-list" if is_first else ""


@pytest.mark.xfail(
    strict=True, reason="oCIS has no unique names, and one empty list is believed before a space is made"
)
def test_an_empty_list_after_a_creation_that_nobody_noted_makes_no_second_space():
    files = vendors(NOON.timestamp)["ocis"]
    tenant = a_wanted()
    Walk(
        connector("ocis", files, Calm()), tenant, lambda: True
    ).go()  # the worker died before it noted the id

    with suppress(IntegrationFailure):
        Walk(connector("ocis", files, EmptyOnce()), tenant, lambda: True).go()

    assert len(files.world.installation.kept._state["spaces"]) == 1


@pytest.mark.xfail(strict=True, reason="oCIS's users are known by their group, if they ever got there")
def test_somebody_who_leaves_before_the_dead_workers_creation_was_finished_leaves_nothing_behind():
    place = estate.before("ocis", "create")
    place.settle()
    place.wish(place.tenant.changed(place.clock()), *estate.BEFORE, estate.DAN)
    with pytest.raises(Killed):
        place.run(DiesAfterCreatingAUser())

    place.wish(place.tenant.changed(place.clock()), *estate.BEFORE)
    place.settle()

    users = estate.contents(place.vendor)["users"].values()
    assert estate.DAN.address not in [user["mail"] for user in users if user["accountEnabled"]]


class DiesAfterCreatingAUser(Calm):
    def after(self, integration, arrival):
        if (arrival.method, arrival.path) == ("POST", "/graph/v1.0/users"):
            raise Killed
