"""What a dead worker began is found, whatever a list says: oCIS has no unique spaces, no markers on users."""

from __future__ import annotations

import pytest

from tests.simulation import estate
from tests.simulation.network import Calm
from tests.simulation.storm import Killed

SPACE, USER = "/graph/v1.0/drives", "/graph/v1.0/users"


class DiesAfter(Calm):
    """Kills the worker when something was made at that path, before anybody hears of it."""

    def __init__(self, path):
        super().__init__()
        self._path = path

    def after(self, integration, arrival):
        if (arrival.method, arrival.path) == ("POST", self._path):
            raise Killed


class Blind(Calm):
    """All lists of spaces are empty, whatever there is."""

    def before(self, integration, arrival):
        super().before(integration, arrival)
        return "empty-list" if arrival.path.startswith(SPACE + "?") else ""


class DropsSpaces(Calm):
    """Creations of spaces get lost before they take place."""

    def before(self, integration, arrival):
        super().before(integration, arrival)
        return "drop-before-commit" if (arrival.method, arrival.path) == ("POST", SPACE) else ""


def spaces(place):
    return [
        each for each in estate.contents(place.vendor)["spaces"].values() if each["driveType"] == "project"
    ]


def users(place):
    return {each["mail"]: each for each in estate.contents(place.vendor)["users"].values()}


def begun(place):
    return [each.name for each in place.tenant.provisioning.ocis.begun]


def a_place_whose_maker_died(path, integration="ocis"):
    place = estate.before(integration, "create")
    with pytest.raises(Killed):
        place.run(DiesAfter(path))
    return place


def test_a_space_that_nobody_noted_is_not_made_again_while_lists_are_empty():
    place = a_place_whose_maker_died(SPACE)

    outcomes = [place.run(Blind()), place.run(Calm())]

    assert [outcome.kind for outcome in outcomes] == ["later", "done"]
    assert outcomes[0].code == "space-unsure"
    assert len(spaces(place)) == 1
    assert begun(place) == []


def test_a_list_that_is_empty_in_the_moment_before_the_creation_makes_no_second_space():
    place = estate.before("ocis", "create")
    place.settle()
    status = place.tenant.provisioning.ocis.with_(ids={})  # as of a worker that noted neither id nor intent
    place.wish(place.tenant.with_(provisioning=place.tenant.provisioning.with_status("ocis", status)))

    outcome = place.run(EmptyOnce())

    assert (outcome.kind, outcome.code) == ("later", "unexpected-answer")
    assert len(spaces(place)) == 1


class EmptyOnce(Calm):
    """The first list is empty."""

    def before(self, integration, arrival):
        is_first = not self.calls
        super().before(integration, arrival)
        return "empty-list" if is_first else ""


def test_a_space_that_was_never_made_is_made_when_two_looks_agree_that_there_is_none():
    place = estate.before("ocis", "create")

    outcomes = [place.run(DropsSpaces()), place.run(Calm()), place.run(Calm())]

    assert [outcome.code for outcome in outcomes] == ["no-answer", "space-unsure", ""]
    assert outcomes[2].kind == "done"
    assert len(spaces(place)) == 1


def test_two_looks_agree_only_when_time_has_passed_between_them():
    place = estate.before("ocis", "create")
    place.run(DropsSpaces())
    place.run(Calm())

    place.clock.move(-60)  # so that the next look comes a second after this one

    assert place.run(Calm()).code == "space-unsure"
    assert spaces(place) == []


def test_everything_else_is_done_while_a_space_is_looked_for():
    place = estate.before("ocis", "create")
    place.run(DropsSpaces())

    place.run(Calm())

    assert users(place)[estate.ADA.address]["accountEnabled"]
    assert spaces(place) == []


def a_place_without_dan_whose_maker_died():
    place = estate.before("ocis", "create")
    place.settle()
    place.wish(place.tenant.changed(place.clock()), *estate.BEFORE, estate.DAN)
    with pytest.raises(Killed):
        place.run(DiesAfter(USER))
    place.wish(place.tenant.changed(place.clock()), *estate.BEFORE)
    return place


def test_somebody_who_leaves_before_the_dead_workers_creation_was_finished_is_locked_out():
    place = a_place_without_dan_whose_maker_died()

    place.settle()

    assert not users(place)[estate.DAN.address]["accountEnabled"]
    assert begun(place) == []


def test_a_purge_deletes_whom_a_dead_worker_made_and_nobody_knows():
    place = a_place_without_dan_whose_maker_died()

    estate.terminated(place)
    estate.purged(place)
    place.settle()

    assert estate.DAN.address not in users(place)
    assert place.tenant.provisioning.ocis.state == "removed"


def test_a_purge_later_deletes_whom_a_dead_worker_made_as_well():
    place = a_place_without_dan_whose_maker_died()
    place.settle()

    estate.terminated(place)
    place.settle()
    estate.purged(place)
    place.settle()

    assert estate.DAN.address not in users(place)


def test_a_user_of_another_tenant_with_the_name_that_was_begun_is_left_alone():
    place = a_place_without_dan_whose_maker_died()
    with place.vendor.world.installation.changing() as state:
        dan = next(each for each in state["users"].values() if each["mail"] == estate.DAN.address)
        other = {"id": "b" * 8, "displayName": "dezky-t-sud", "members": [dan["id"]], "groupTypes": []}
        state["groups"][other["id"]] = other

    place.settle()
    estate.terminated(place)
    estate.purged(place)
    place.settle()

    assert users(place)[estate.DAN.address]["accountEnabled"]
