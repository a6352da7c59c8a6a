"""Users whom we have not made: strangers, guests, and those who have a name that we want."""

from collections.abc import Iterator

import pytest

from chalicelib.errors import NeedsPerson, WaitsFor
from tests.builders import a_person, a_wanted
from tests.contract.connectors.ocis_bench import GROUPS, OcisBench, ocis_bench

ADA, BOB = a_person(), a_person("bob@acme.test", name="Bob")


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def refusal_of(bench, goal):
    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(goal)
    return caught.value.code


def test_a_stranger_in_the_group_is_only_shown_out(bench):
    goal = bench.held(a_wanted(ADA))
    bench.join(bench.make_user("eve", mail="eve@elsewhere.test"))

    bench.reconcile(goal)

    assert bench.members() == {"ada@acme.test"}
    assert bench.can_sign_in("eve")
    assert bench.changes() == ["DELETE groups"]


def test_a_stranger_with_an_address_of_ours_but_another_name_is_only_shown_out(bench):
    goal = bench.held(a_wanted(ADA))
    bench.join(bench.make_user("eve", mail="eve@acme.test"))

    bench.reconcile(goal)

    assert bench.can_sign_in("eve")


def test_a_guest_is_a_member_and_nothing_else_of_theirs_is_touched(bench):
    home = bench.held(
        a_wanted(a_person("eve@nordic.test", name="Eve"), slug="nordic", domains=("nordic.test",))
    )
    before = bench.users()
    guest = a_person("eve@nordic.test", name="Somebody", active=False, home=False)

    bench.reconcile(a_wanted(ADA, guest))
    bench.forget()
    bench.reconcile(a_wanted(ADA, guest))
    bench.reconcile(home)

    assert bench.writes() == []
    assert bench.members() == {"ada@acme.test", "eve@nordic.test"}
    assert {**before, "ada@acme.test": bench.users()["ada@acme.test"]} == bench.users()


def test_a_guest_who_leaves_keeps_their_user_even_with_an_address_of_our_domain(bench):
    bench.held(a_wanted(a_person("eve@acme.test"), slug="nordic"))
    bench.held(a_wanted(ADA, a_person("eve@acme.test", home=False)))

    bench.reconcile(a_wanted(ADA))

    assert bench.members() == {"ada@acme.test"}
    assert bench.can_sign_in("eve@acme.test")


def test_a_guest_without_a_user_is_waited_for_when_all_else_is_done(bench):
    goal = a_wanted(ADA, a_person("eve@nordic.test", home=False))

    with pytest.raises(WaitsFor) as caught:
        bench.reconcile(goal)

    assert caught.value.code == "waits-for-home"
    assert bench.members() == {"ada@acme.test"}
    assert bench.can_sign_in("ada@acme.test")


def test_int_03_a_user_of_others_under_a_persons_name_is_left_alone(bench):
    other = bench.make_user("ada@acme.test", mail="eve@elsewhere.test")

    assert refusal_of(bench, a_wanted(ADA, BOB)) == "name-conflict"

    assert bench.users()["ada@acme.test"] == other
    assert bench.members() == {"bob@acme.test"}


def test_a_conflict_does_not_keep_others_from_being_locked_out(bench):
    bench.held(a_wanted(BOB))
    bench.make_user("ada@acme.test", mail="eve@elsewhere.test")

    refusal_of(bench, a_wanted(ADA, BOB.with_(active=False)))

    assert not bench.can_sign_in("bob@acme.test")
    assert bench.can_sign_in("ada@acme.test")


def test_a_lasting_conflict_sends_no_write(bench):
    bench.make_user("ada@acme.test", mail="eve@elsewhere.test")
    refusal_of(bench, a_wanted(ADA))
    bench.forget()

    refusal_of(bench, a_wanted(ADA))

    assert bench.writes() == []


def test_int_03_a_user_with_a_persons_name_and_mail_is_adopted(bench):
    own = bench.make_user("ada@acme.test", accountEnabled=False, displayName="A.")

    bench.reconcile(a_wanted(ADA))

    assert bench.users()["ada@acme.test"] == {**own, "accountEnabled": True, "displayName": "Ada"}
    assert bench.members() == {"ada@acme.test"}


def test_int_25_names_are_compared_in_no_case(bench):
    bench.make_user("Ada@Acme.Test")

    bench.reconcile(a_wanted(ADA))
    bench.forget()
    bench.reconcile(a_wanted(ADA))

    assert bench.members() == {"Ada@Acme.Test"}
    assert bench.writes() == []


def test_an_address_that_ocis_takes_for_no_name_needs_a_person_when_all_else_is_done(bench):
    goal = a_wanted(ADA, a_person("1st@acme.test"))

    assert refusal_of(bench, goal) == "unsupported-address"
    bench.forget()
    assert refusal_of(bench, goal) == "unsupported-address"

    assert bench.members() == {"ada@acme.test"}
    assert bench.writes() == []


def test_someone_who_is_listed_twice_counts_as_at_home(bench):
    bench.reconcile(a_wanted(ADA, a_person(home=False)))

    assert bench.members() == {"ada@acme.test"}


def test_a_group_of_ours_that_is_there_already_is_taken(bench):
    bench.ask("POST", GROUPS, json={"displayName": "dezky-t-acme"})
    bench.forget()

    bench.reconcile(a_wanted(ADA))

    assert bench.members() == {"ada@acme.test"}
    assert "POST groups" not in bench.changes()


def test_strangers_in_the_tenants_domain_stay_strangers(bench):
    eve = bench.make_user("eve@acme.test")

    bench.reconcile(a_wanted(ADA, BOB))

    assert bench.members() == {"ada@acme.test", "bob@acme.test"}
    assert bench.users()["eve@acme.test"] == eve


def test_only_users_at_home_are_remembered(bench):
    bench.held(a_wanted(a_person("eve@nordic.test"), slug="nordic"))

    ids = bench.reconcile(a_wanted(ADA, a_person("eve@nordic.test", home=False)))

    assert ids["users"] == bench.users()["ada@acme.test"]["id"]
