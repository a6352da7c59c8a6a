import pytest

from chalicelib.errors import NeedsPerson
from tests.contract.connectors.authentik_bench import GROUPS, USERS, a_novan, an_authentik, nova, novans


@pytest.fixture
def bench():
    with an_authentik() as bench:
        yield bench


def test_int_24_somebody_who_left_is_locked_out_of_everything_and_kept(bench):
    ada, bob = a_novan("ada"), a_novan("bob")
    bench.reconcile(nova(ada, bob))
    bench.give_password("bob@nova.test")
    assert bench.signs_in("bob@nova.test")

    bench.reconcile(nova(ada))

    assert bench.active() == {"ada@nova.test"}
    assert bench.members() == {"ada@nova.test"}
    assert not bench.signs_in("bob@nova.test")
    assert bench.sessions("bob@nova.test") == 0
    assert "bob@nova.test" in bench.users()


def test_somebody_who_left_and_is_invited_again_has_the_same_account(bench):
    ada, bob = a_novan("ada"), a_novan("bob")
    bench.reconcile(nova(ada, bob))
    bench.reconcile(nova(ada))

    bench.reconcile(nova(ada, a_novan("bob")))

    assert bench.active() == bench.members() == {"ada@nova.test", "bob@nova.test"}


def test_an_account_under_our_path_without_our_marker_is_left_alone(bench):
    foreign = bench.made(USERS, username="clerk@nova.test", name="Clerk", path="dezky/nova")

    bench.reconcile(nova(a_novan()))

    assert bench.user("clerk@nova.test") == foreign


def test_int_17_a_stranger_in_our_group_loses_membership_and_nothing_else(bench):
    bench.reconcile(nova(a_novan()))
    before = bench.user("support@dezky.local")
    bench.ask("POST", f"{GROUPS}{bench.group()['pk']}/add_user/", json={"pk": before["pk"]})

    bench.reconcile(nova(a_novan()))

    assert bench.members() == {"ada@nova.test"}
    assert bench.user("support@dezky.local") == before


def test_too_many_who_left_at_once_need_a_person(bench):
    people = novans(8)
    bench.reconcile(nova(*people))

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(nova(*people[:2], a_novan("new")))

    assert caught.value.code == "mass-delete-guard"
    assert len(bench.active()) == 9
    assert len(bench.members()) == 9


def test_five_may_leave_at_once(bench):
    people = novans(8)
    bench.reconcile(nova(*people))

    bench.reconcile(nova(*people[:3]))

    assert len(bench.active()) == len(bench.members()) == 3


def test_an_account_that_lost_our_marker_is_a_conflict_and_stays_a_member_until_it_is_cleared_up(bench):
    bench.reconcile(nova(a_novan()))
    bench.change("ada@nova.test", attributes={})

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(nova(a_novan()))

    assert caught.value.code == "name-conflict"
    assert bench.members() == {"ada@nova.test"}
    assert bench.writes() == []
