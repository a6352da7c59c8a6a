"""A purge: nothing of ours is left, and nothing else is touched."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.errors import TryLater
from tests.builders import a_person, a_wanted
from tests.contract.connectors.ocis_bench import DRIVES, GROUPS, USERS, OcisBench, ocis_bench, purged

ADA, BOB = a_person(), a_person("bob@acme.test", name="Bob", active=False)


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def in_use(bench):
    """Which of the spaces are enabled."""
    return [each["id"] for each in bench.spaces() if "deleted" not in each["root"]]


def locked(goal):
    return goal.with_(lifecycle="terminated")


def nothing_is_left(bench):
    world = bench.world()
    return (bench.users(), world["groups"], world["spaces"]) == ({}, {}, {})


def test_a_purge_leaves_nothing(bench):
    goal = bench.held(locked(bench.held(a_wanted(ADA, BOB))))

    ids = bench.reconcile(purged(goal))

    assert nothing_is_left(bench)
    assert ids == {}
    assert bench.changes() == ["DELETE drives", "DELETE users", "DELETE users", "DELETE groups"]


def test_a_tenant_that_was_never_locked_is_purged_as_well(bench):
    goal = bench.held(a_wanted(ADA, BOB))
    bench.can_sign_in("ada@acme.test")  # now there is a personal space, too

    bench.reconcile(purged(goal))

    assert nothing_is_left(bench)


def test_que_18_a_second_purge_sends_no_write(bench):
    goal = bench.held(a_wanted(ADA, BOB))
    bench.held(purged(goal))

    assert bench.reconcile(purged(goal)) == {}

    assert bench.writes() == []


def test_que_18_a_purge_of_what_was_never_there_sends_no_write(bench):
    assert bench.reconcile(purged(a_wanted(ADA))) == {}

    assert bench.writes() == []


def test_a_purge_finds_people_who_have_left_long_ago(bench):
    goal = bench.held(a_wanted(ADA, a_person("bob@elsewhere.test")))
    goal = bench.held(goal.with_(people=(ADA,)))

    bench.reconcile(purged(goal))

    assert nothing_is_left(bench)


def test_a_purge_touches_nothing_that_is_not_ours(bench):
    goal = bench.held(a_wanted(ADA))
    neighbour = bench.held(a_wanted(a_person("eve@nordic.test"), slug="nordic", name="Nordic"))
    bench.join(bench.make_user("stranger", mail="stranger@acme.test"))
    bench.make_user("somebody@acme.test")
    bench.make_space(description="dezky:acme-2")
    before = bench.world()

    bench.reconcile(purged(goal))

    after = bench.world()
    gone = [each["name"] for key, each in before["spaces"].items() if key not in after["spaces"]]
    assert set(bench.users()) == {"eve@nordic.test", "stranger", "somebody@acme.test"}
    assert [each["displayName"] for each in after["groups"].values()] == ["dezky-t-nordic"]
    assert gone == ["Acme"]
    bench.forget()
    bench.reconcile(neighbour)
    assert bench.writes() == []


def test_a_guest_outlives_the_purge_of_the_tenant_that_was_visited(bench):
    home = bench.held(a_wanted(a_person("eve@nordic.test"), slug="nordic", domains=("nordic.test",)))
    goal = bench.held(a_wanted(ADA, a_person("eve@nordic.test", home=False)))

    bench.reconcile(purged(goal))

    assert set(bench.users()) == {"eve@nordic.test"}
    bench.forget()
    bench.reconcile(home)
    assert bench.writes() == []


def test_a_user_whom_another_tenant_has_as_a_guest_outlives_the_purge(bench):
    goal = bench.held(a_wanted(ADA))
    bench.held(a_wanted(a_person(home=False), slug="nordic", name="Nordic"))

    bench.reconcile(purged(goal))

    assert bench.members("nordic") == {"ada@acme.test"}


def test_a_purge_never_takes_a_user_of_others_under_a_persons_name(bench):
    other = bench.make_user("ada@acme.test", mail="eve@elsewhere.test")

    bench.reconcile(purged(a_wanted(ADA)))

    assert bench.users() == {"ada@acme.test": other}
    assert bench.writes() == []


def test_somebody_who_left_and_was_enabled_by_others_outlives_the_purge(bench):
    goal = bench.held(a_wanted(ADA))
    goal = bench.held(goal.with_(people=()))
    bench.change_user("ada@acme.test", accountEnabled=True)

    bench.reconcile(purged(goal))

    assert set(bench.users()) == {"ada@acme.test"}


def test_all_spaces_with_our_marker_are_purged(bench):
    goal = bench.held(a_wanted())
    bench.make_space()

    bench.reconcile(purged(goal))

    assert nothing_is_left(bench)


def test_a_list_without_our_space_is_not_believed_in_a_purge(bench):
    goal = bench.held(a_wanted(ADA))
    bench.fault("empty-list", path="/drives$")

    with pytest.raises(TryLater):
        bench.reconcile(purged(goal))

    assert bench.writes() == []


def test_a_list_without_our_users_is_not_believed_in_a_purge(bench):
    goal = bench.held(a_wanted(ADA, a_person("eve@acme.test")))
    bench.ask("DELETE", f"{GROUPS}/dezky-t-acme")
    for name in bench.users():
        bench.change_user(name, accountEnabled=False)
    bench.fault("empty-list", path="/users$")

    bench.reconcile(purged(goal))

    assert bench.users() == {}


def test_a_space_that_loses_its_marker_during_a_purge_is_kept(bench):
    goal = purged(bench.held(locked(bench.held(a_wanted()))))
    (space,) = bench.spaces()
    steps = bench.connector.diff(goal, bench.connector.observe(goal))
    bench.ask("POST", "/_sabotage", json={"deed": "remove-marker", "kind": "space", "id": space["id"]})

    bench.connector.apply(goal, next(each for each in steps if each.action == "purge-space"))

    assert [each["id"] for each in bench.spaces()] == [space["id"]]


def test_a_space_that_is_enabled_during_a_purge_is_kept_for_the_next_look(bench):
    goal = purged(bench.held(locked(bench.held(a_wanted()))))
    (space,) = bench.spaces()
    steps = bench.connector.diff(goal, bench.connector.observe(goal))
    bench.ask("PATCH", f"{DRIVES}/{space['id']}", json={}, headers={"Restore": "true"})

    with pytest.raises(TryLater):
        bench.connector.apply(goal, next(each for each in steps if each.action == "purge-space"))

    assert in_use(bench) == [space["id"]]


def test_que_18_what_has_vanished_meanwhile_is_no_failure_of_a_purge(bench):
    goal = purged(bench.held(locked(bench.held(a_wanted(ADA)))))
    steps = bench.connector.diff(goal, bench.connector.observe(goal))
    (space,) = bench.spaces()
    bench.ask("DELETE", f"{DRIVES}/{space['id']}", headers={"Purge": "T"})
    bench.ask("DELETE", f"{USERS}/ada@acme.test")
    bench.ask("DELETE", f"{GROUPS}/dezky-t-acme")

    for step in steps:
        bench.connector.apply(goal, step)

    assert nothing_is_left(bench)


def test_ids_that_are_no_longer_true_do_not_keep_a_purge_from_ending(bench):
    ids = {"space": "gone$1", "group": "gone", "users": "gone-1 gone-2"}
    goal = purged(a_wanted(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids))))

    assert bench.reconcile(goal) == {}
