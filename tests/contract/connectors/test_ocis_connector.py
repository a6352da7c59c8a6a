"""The tenant's project space: one, by its marker, named and sized as wished."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.domain.tenant import Allowance
from chalicelib.errors import NeedsPerson, TryLater
from tests.builders import a_wanted
from tests.contract.connectors.ocis_bench import DRIVES, OcisBench, ocis_bench


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


@pytest.mark.parametrize(("plan", "gib"), [("starter", 10), ("business", 100), ("enterprise", 1024)])
def test_a_new_tenant_gets_a_space_of_its_plans_size(bench, plan, gib):
    ids = bench.reconcile(a_wanted(plan=plan))

    (space,) = bench.spaces()
    assert ids == {"space": space["id"], "group": bench.group_of()}
    assert (space["name"], space["description"]) == ("Acme", "dezky:acme")
    assert space["quota"]["total"] == gib * 2**30


def test_seats_make_the_space_larger(bench):
    bench.reconcile(a_wanted(plan="business", allowance=Allowance(seats=7, files=140 * 2**30, mailbox=1)))
    bench.reconcile(a_wanted(plan="business", allowance=Allowance(seats=8, files=160 * 2**30, mailbox=1)))

    (space,) = bench.spaces()
    assert space["quota"]["total"] == 160 * 2**30


def test_que_15_the_second_look_sends_no_write(bench):
    bench.reconcile(a_wanted())
    bench.forget()

    bench.reconcile(a_wanted())

    assert bench.writes() == []
    assert len(bench.reads()) == 3


def test_a_new_name_and_plan_reach_the_space(bench):
    bench.reconcile(a_wanted())
    bench.forget()

    bench.reconcile(a_wanted(name="Acme Nordic", plan="enterprise"))

    (space,) = bench.spaces()
    assert (space["name"], space["quota"]["total"]) == ("Acme Nordic", 1024 * 2**30)
    assert [entry["method"] for entry in bench.writes()] == ["PATCH"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Inc.", "Acme Inc"),
        ('a/b\\c.d:e?f*g"h>i<j|k', "a b c d e f g h i j k"),
        ("  Ac\tme\x00 \n", "Ac me"),
        ("???", "acme"),
        ("Ærø " + "é" * 200, "Ærø " + "é" * 124),
        ("日本" * 60, ("日本" * 60)[:85]),
    ],
)
def test_names_that_ocis_refuses_are_made_acceptable_and_stay_so(bench, name, expected):
    bench.reconcile(a_wanted(name=name))
    bench.forget()

    bench.reconcile(a_wanted(name=name))

    assert [space["name"] for space in bench.spaces()] == [expected]
    assert bench.writes() == []


@pytest.mark.parametrize("description", ["", "dezky:acme-2", "dezky:acm", "not-dezky:acme", "dezky:acme."])
def test_a_space_of_others_is_left_alone_even_under_our_name(bench, description):
    other = bench.make_space(description=description)

    ids = bench.reconcile(a_wanted())

    assert ids["space"] != other["id"]
    assert bench.ask("GET", f"{DRIVES}/{other['id']}").json() == other


@pytest.mark.parametrize(
    "description", ["dezky:acme", "Files of Acme\ndezky:acme\n", "dezky:acme (do not remove)"]
)
def test_a_space_with_our_marker_is_ours(bench, description):
    space = bench.make_space(description=description)

    assert bench.reconcile(a_wanted())["space"] == space["id"]
    assert bench.spaces()[0]["description"] == description


def test_two_spaces_of_ours_wait_for_a_person(bench):
    bench.make_space()
    bench.make_space()

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted())

    assert caught.value.code == "duplicate-space"
    assert bench.changes() == ["POST groups"]
    assert {each["name"] for each in bench.spaces()} == {"Acme"}


def test_the_person_may_settle_it_by_disabling_one(bench):
    kept, other = bench.make_space(), bench.make_space()
    bench.disable_space(other["id"])

    assert bench.reconcile(a_wanted())["space"] == kept["id"]


def test_two_disabled_spaces_wait_for_a_person_too(bench):
    bench.disable_space(bench.make_space()["id"])
    bench.disable_space(bench.make_space()["id"])

    with pytest.raises(NeedsPerson):
        bench.reconcile(a_wanted())


def test_a_space_disabled_by_hand_is_enabled_not_replaced(bench):
    ids = bench.reconcile(a_wanted())
    bench.disable_space(ids["space"])

    assert bench.reconcile(a_wanted()) == ids
    (space,) = bench.spaces()
    assert "deleted" not in space["root"]


def test_of_two_disabled_spaces_the_one_that_was_in_use_comes_back(bench):
    goal = bench.held(a_wanted())
    (used,) = bench.spaces()
    other = bench.make_space()
    bench.disable_space(used["id"])
    bench.disable_space(other["id"])

    assert bench.reconcile(goal)["space"] == used["id"]
    assert [each["id"] for each in bench.spaces() if "deleted" not in each["root"]] == [used["id"]]


def test_int_18_a_space_that_is_really_gone_is_made_again(bench):
    ids = bench.reconcile(a_wanted())
    known = a_wanted(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids)))
    bench.disable_space(ids["space"])
    bench.ask("DELETE", f"{DRIVES}/{ids['space']}", headers={"Purge": "T"})

    assert bench.reconcile(known) != ids
    assert len(bench.spaces()) == 1


def test_a_space_whose_marker_was_removed_is_nobodys(bench):
    ids = bench.reconcile(a_wanted())
    known = a_wanted(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids)))
    bench.ask("PATCH", f"{DRIVES}/{ids['space']}", json={"description": "mine now"})

    assert bench.reconcile(known) != ids


def test_a_space_that_vanishes_under_our_hands_is_looked_for_again(bench):
    space = bench.make_space()
    goal = a_wanted(name="Acme Nordic")
    steps = bench.connector.diff(goal, bench.connector.observe(goal))
    bench.disable_space(space["id"])

    with pytest.raises(TryLater) as caught:
        bench.connector.apply(goal, next(each for each in steps if each.action == "change-space"))

    assert caught.value.code == "moved"
