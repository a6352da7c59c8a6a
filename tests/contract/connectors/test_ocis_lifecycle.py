"""Suspend, terminate and resume: what they take away, what they leave, what comes back."""

from collections.abc import Iterator

import pytest

from chalicelib.errors import NeedsPerson, TryLater
from tests.builders import a_person, a_wanted
from tests.contract.connectors.ocis_bench import GROUPS, OcisBench, ocis_bench

ADA, BOB = a_person(), a_person("bob@acme.test", name="Bob", active=False)


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def in_use(bench):
    """Which of the spaces are enabled."""
    return [each["id"] for each in bench.spaces() if "deleted" not in each["root"]]


def locked(goal, lifecycle="suspended"):
    return goal.with_(lifecycle=lifecycle)


@pytest.mark.parametrize("lifecycle", ["suspended", "terminated"])
def test_nobody_signs_in_and_the_space_is_shut(bench, lifecycle):
    goal = bench.held(a_wanted(ADA, BOB))

    bench.reconcile(locked(goal, lifecycle))

    assert not bench.can_sign_in("ada@acme.test")
    assert in_use(bench) == []
    assert bench.changes() == ["PATCH users", "DELETE drives"]


@pytest.mark.parametrize("lifecycle", ["suspended", "terminated"])
def test_every_object_is_kept(bench, lifecycle):
    goal = bench.held(a_wanted(ADA, BOB))
    before = bench.world()["counts"]

    ids = bench.reconcile(locked(goal, lifecycle))

    assert bench.world()["counts"] == before
    assert bench.members() == {"ada@acme.test", "bob@acme.test"}
    assert ids == goal.provisioning.ocis.ids


@pytest.mark.parametrize("lifecycle", ["suspended", "terminated"])
def test_the_second_look_at_a_locked_tenant_sends_no_write(bench, lifecycle):
    goal = bench.held(locked(bench.held(a_wanted(ADA)), lifecycle))

    bench.reconcile(goal)

    assert bench.writes() == []
    assert len(bench.reads()) == 2


def test_users_are_locked_out_before_the_space_is_shut(bench):
    goal = bench.held(a_wanted(ADA))
    bench.fault("500", method="DELETE")

    with pytest.raises(TryLater):
        bench.reconcile(locked(goal))

    assert not bench.can_sign_in("ada@acme.test")


def test_a_resume_restores_only_people_who_are_active_themselves(bench):
    goal = bench.held(a_wanted(ADA, BOB))
    bench.held(locked(goal))

    bench.reconcile(goal)

    assert bench.can_sign_in("ada@acme.test")
    assert not bench.can_sign_in("bob@acme.test")
    assert in_use(bench) == [goal.provisioning.ocis.ids["space"]]


def test_what_was_changed_while_locked_is_there_after_a_resume(bench):
    goal = bench.held(a_wanted(ADA))
    bench.held(locked(goal))
    changed = goal.with_(plan="business", name="Acme Nordic", people=(ADA, a_person("eve@acme.test")))
    bench.reconcile(locked(changed))

    bench.reconcile(changed)

    (space,) = bench.spaces()
    assert (space["name"], space["quota"]["total"]) == ("Acme Nordic", 100 * 2**30)
    assert bench.members() == {"ada@acme.test", "eve@acme.test"}


def test_nothing_is_made_for_a_tenant_that_is_suspended_before_it_is_there(bench):
    bench.reconcile(a_wanted(ADA, lifecycle="suspended"))

    assert bench.writes() == []


def test_a_user_who_was_made_but_not_yet_a_member_is_locked_out_too(bench):
    goal = bench.held(a_wanted(BOB))
    bench.make_user("ada@acme.test")

    bench.reconcile(locked(goal.with_(people=(ADA, BOB))))

    assert not bench.can_sign_in("ada@acme.test")
    assert "ada@acme.test" in bench.members()


def test_a_user_is_locked_out_even_when_the_group_is_gone(bench):
    goal = bench.held(a_wanted(ADA))
    bench.ask("DELETE", f"{GROUPS}/dezky-t-acme")

    bench.reconcile(locked(goal))

    assert not bench.can_sign_in("ada@acme.test")


def test_a_guest_of_a_suspended_tenant_still_signs_in(bench):
    bench.held(a_wanted(a_person("eve@nordic.test"), slug="nordic"))
    goal = bench.held(a_wanted(ADA, a_person("eve@nordic.test", home=False)))

    bench.reconcile(locked(goal))

    assert bench.can_sign_in("eve@nordic.test")


def test_all_users_are_locked_out_even_if_too_many_of_them_have_left(bench):
    names = [f"p{each}@acme.test" for each in range(12)]
    goal = bench.held(a_wanted(*map(a_person, names)))

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(locked(goal.with_(people=())))

    assert caught.value.code == "mass-delete-guard"
    assert not any(bench.can_sign_in(each) for each in names)
    assert bench.members() == set(names)


def test_two_spaces_of_a_suspended_tenant_are_both_shut(bench):
    goal = bench.held(a_wanted(ADA))
    bench.make_space()

    bench.reconcile(locked(goal))

    assert in_use(bench) == []
