"""The tenant's people as users of oCIS and members of its group."""

from collections.abc import Iterator

import pytest

from chalicelib.errors import NeedsPerson
from tests.builders import a_person, a_wanted
from tests.contract.connectors.ocis_bench import GROUPS, USERS, OcisBench, ocis_bench

ADA, BOB = a_person(), a_person("bob@acme.test", name="Bob")


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def people(number):
    return [a_person(f"p{each}@acme.test", name=f"Person {each}") for each in range(number)]


def test_a_person_becomes_a_user_and_a_member(bench):
    ids = bench.reconcile(a_wanted(ADA))

    user = bench.users()["ada@acme.test"]
    assert (user["displayName"], user["mail"], user["accountEnabled"]) == ("Ada", "ada@acme.test", True)
    assert bench.members() == {"ada@acme.test"}
    assert bench.can_sign_in("ada@acme.test")
    assert ids["users"] == user["id"]


@pytest.mark.parametrize("number", [0, 1, 21, 101])
def test_the_second_look_at_any_number_of_people_sends_no_write(bench, number):
    goal = bench.held(a_wanted(*people(number)))

    bench.reconcile(goal)

    assert bench.writes() == []
    assert len(bench.reads()) == 3
    assert len(bench.members()) == number


def test_many_people_join_in_batches_and_are_looked_up_together(bench):
    bench.reconcile(a_wanted(*people(41)))

    writes, reads = bench.changes(), bench.reads()
    assert writes.count("POST users") == 41
    assert writes.count("PATCH groups") == 3
    assert len(reads) < 20


def test_a_person_who_is_inactive_is_a_user_who_cannot_sign_in(bench):
    bench.reconcile(a_wanted(a_person(active=False)))

    assert bench.members() == {"ada@acme.test"}
    assert not bench.can_sign_in("ada@acme.test")


def test_a_person_who_becomes_inactive_cannot_sign_in_any_more(bench):
    bench.held(a_wanted(ADA, BOB))

    bench.reconcile(a_wanted(ADA, BOB.with_(active=False)))

    assert bench.changes() == ["PATCH users"]
    assert not bench.can_sign_in("bob@acme.test")
    assert bench.can_sign_in("ada@acme.test")


def test_a_new_name_reaches_the_user(bench):
    bench.held(a_wanted(ADA))

    bench.reconcile(a_wanted(ADA.with_(name="Ada Lovelace")))

    assert bench.users()["ada@acme.test"]["displayName"] == "Ada Lovelace"
    assert bench.changes() == ["PATCH users"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [(" Ada\t Lovelace \n", "Ada Lovelace"), ("\x00\u202e", "ada@acme.test"), ("Ærø 日本", "Ærø 日本")],
)
def test_int_16_any_name_is_shown_in_one_line_and_stays_so(bench, name, shown):
    goal = bench.held(a_wanted(a_person(name=name)))

    bench.reconcile(goal)

    assert bench.users()["ada@acme.test"]["displayName"] == shown
    assert bench.writes() == []


@pytest.mark.parametrize(
    "drift",
    [{"displayName": "Eve"}, {"mail": "eve@evil.test"}, {"accountEnabled": False}, {"mail": "Ada@Acme.test"}],
)
def test_int_17_a_user_who_was_changed_by_hand_is_put_right(bench, drift):
    goal = bench.held(a_wanted(ADA))
    before = bench.users()
    bench.change_user("ada@acme.test", **drift)

    bench.reconcile(goal)

    assert bench.users() == before
    assert bench.changes() == ["PATCH users"]


def test_a_user_who_was_enabled_by_hand_is_disabled_again(bench):
    goal = bench.held(a_wanted(a_person(active=False)))
    bench.change_user("ada@acme.test", accountEnabled=True)

    bench.reconcile(goal)

    assert not bench.can_sign_in("ada@acme.test")


def test_int_18_a_user_who_was_deleted_by_hand_is_made_again(bench):
    goal = bench.held(a_wanted(ADA))
    bench.ask("DELETE", f"{USERS}/ada@acme.test")

    bench.reconcile(goal)

    assert bench.members() == {"ada@acme.test"}


def test_a_membership_that_was_ended_by_hand_begins_again(bench):
    goal = bench.held(a_wanted(ADA))
    user = bench.users()["ada@acme.test"]["id"]
    bench.ask("DELETE", f"{GROUPS}/{bench.group_of()}/members/{user}/$ref")
    bench.forget()

    bench.reconcile(goal)

    assert bench.members() == {"ada@acme.test"}
    assert bench.changes() == ["PATCH groups"]


def test_int_24_a_person_who_has_left_is_locked_out_but_not_deleted(bench):
    bench.held(a_wanted(ADA, BOB))

    bench.reconcile(a_wanted(ADA))

    assert bench.members() == {"ada@acme.test"}
    assert not bench.can_sign_in("bob@acme.test")
    assert bench.changes() == ["PATCH users", "DELETE groups"]


def test_a_person_of_a_foreign_domain_who_has_left_is_known_by_the_stored_id(bench):
    goal = bench.held(a_wanted(a_person("bob@elsewhere.test")))

    bench.reconcile(goal.with_(people=()))

    assert not bench.can_sign_in("bob@elsewhere.test")


def test_a_person_who_comes_back_may_sign_in_again(bench):
    goal = bench.held(a_wanted(ADA))
    gone = goal.with_(people=())
    bench.reconcile(gone)

    bench.reconcile(goal)

    assert bench.can_sign_in("ada@acme.test")
    assert len(bench.users()) == 1


def test_too_many_who_leave_at_once_need_a_person(bench):
    goal = bench.held(a_wanted(*people(12)))

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(goal.with_(people=goal.people[:6]))

    assert caught.value.code == "mass-delete-guard"
    assert bench.writes() == []
    assert len(bench.members()) == 12


def test_as_many_as_are_likely_may_leave_at_once(bench):
    goal = bench.held(a_wanted(*people(12)))

    bench.reconcile(goal.with_(people=goal.people[:7]))

    assert len(bench.members()) == 7
    assert not bench.can_sign_in("p7@acme.test")
