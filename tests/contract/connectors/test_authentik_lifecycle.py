import pytest

from chalicelib.errors import TryLater
from tests.builders import NOON, a_person, a_wanted
from tests.contract.connectors.authentik_bench import GROUPS, USERS, a_novan, an_authentik, nova, novans

LOCKED = ["suspended", "terminated"]


@pytest.fixture
def bench():
    with an_authentik() as bench:
        yield bench


def purged(*people):
    return nova(*people, lifecycle="terminated", purging_since=NOON)


@pytest.mark.parametrize("lifecycle", LOCKED)
def test_nobody_signs_in_to_a_tenant_that_is_not_active(bench, lifecycle):
    ada, bob = a_novan("ada"), a_novan("bob")
    bench.reconcile(nova(ada, bob))
    bench.give_password(ada.address)
    could = bench.signs_in(ada.address), bench.sessions(ada.address)

    bench.reconcile(nova(ada, bob, lifecycle=lifecycle))

    assert could == (True, 1)
    assert not bench.signs_in(ada.address)
    assert bench.sessions(ada.address) == 0
    assert bench.active() == set()
    assert bench.members() == {ada.address, bob.address}


def test_resume_lets_in_only_those_who_are_active_themselves(bench):
    ada, bob = a_novan("ada"), a_novan("bob", active=False)
    bench.reconcile(nova(ada, bob))
    bench.give_password(ada.address)
    bench.reconcile(nova(ada, bob, lifecycle="suspended"))

    bench.reconcile(nova(ada, bob))

    assert bench.active() == {ada.address}
    assert bench.signs_in(ada.address)


def test_a_person_is_locked_out_with_two_writes(bench):
    ada = a_novan("ada")
    bench.reconcile(nova(ada))
    bench.forget()

    bench.reconcile(nova(ada.with_(active=False)))

    pk = bench.user(ada.address)["pk"]
    assert [(entry["method"], entry["path"]) for entry in bench.writes()] == [
        ("PATCH", f"/api/v3/core/users/{pk}/"),
        ("DELETE", f"/api/v3/core/authenticated_sessions/bulk_delete/?user_pks={pk}"),
    ]


def test_many_sessions_end_in_few_calls(bench):
    people = novans(101)
    bench.reconcile(nova(*people))
    bench.forget()

    bench.reconcile(nova(*people, lifecycle="suspended"))

    assert len([entry for entry in bench.writes() if "bulk_delete" in entry["path"]]) == 2
    assert bench.active() == set()


def test_people_of_a_new_tenant_that_is_suspended_cannot_sign_in(bench):
    bench.reconcile(nova(a_novan(), lifecycle="suspended"))

    assert bench.active() == set()
    assert bench.members() == {"ada@nova.test"}


@pytest.mark.parametrize("lifecycle", LOCKED)
def test_an_account_that_was_let_in_by_hand_is_locked_out_again(bench, lifecycle):
    tenant = nova(a_novan(), lifecycle=lifecycle)
    bench.reconcile(tenant)
    bench.change("ada@nova.test", is_active=True)

    bench.reconcile(tenant)

    assert bench.active() == set()


@pytest.mark.parametrize("count", [1, 21])
def test_the_second_look_at_a_suspended_tenant_sends_no_write(bench, count):
    tenant = nova(*novans(count), lifecycle="suspended")
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []


def test_no_guard_holds_up_a_suspension(bench):
    people = novans(12)
    bench.reconcile(nova(*people))

    bench.reconcile(nova(lifecycle="suspended"))

    assert bench.active() == set()


@pytest.mark.parametrize("conflict", ["group", "user"])
def test_a_conflict_does_not_hold_up_a_suspension(bench, conflict):
    ada = a_novan("ada")
    bench.reconcile(nova(ada))
    if conflict == "group":
        bench.ask("PATCH", f"{GROUPS}{bench.group()['pk']}/", json={"attributes": {}})
    else:
        bench.made(USERS, username="bob@nova.test", name="Another")

    with pytest.raises(Exception, match="not ours"):
        bench.reconcile(nova(ada, a_novan("bob"), lifecycle="suspended"))

    assert bench.active() == set()


def test_termination_keeps_every_object(bench):
    tenant = nova(*novans(3))
    bench.reconcile(tenant)
    before = set(bench.users())

    bench.reconcile(tenant.with_(lifecycle="terminated"))

    assert set(bench.users()) == before == bench.members()


def test_a_purge_takes_all_of_ours_and_nothing_else(bench):
    guest = a_person("gil@home.test")
    bench.reconcile(a_wanted(guest, slug="home", domains=("home.test",)))
    bench.made(USERS, username="clerk@nova.test", name="Clerk", path="dezky/nova")
    bench.made(USERS, username="owner@nova-2.test", path="x", name="", attributes={"dezky_tenant": "nova-2"})
    before = bench.everything()
    people = (*novans(21), guest.with_(home=False))
    bench.reconcile(nova(*people))

    ids = bench.reconcile(purged(*people))

    assert ids == {}
    assert bench.everything() == before


def test_a_purge_finds_whoever_was_put_elsewhere_and_whoever_had_left(bench):
    ada, bob = a_novan("ada"), a_novan("bob")
    bench.reconcile(nova(ada, bob))
    bench.reconcile(nova(ada))
    bench.change("bob@nova.test", path="users")

    bench.reconcile(purged())

    assert bench.user("ada@nova.test") is None
    assert bench.user("bob@nova.test") is None


def test_users_go_first_and_the_group_last(bench):
    bench.reconcile(nova(*novans(2)))
    bench.forget()

    bench.reconcile(purged())

    kinds = [entry["path"].split("/")[4] for entry in bench.writes()]
    assert kinds == ["users", "users", "groups"]


def test_que_18_a_second_purge_does_nothing(bench):
    bench.reconcile(nova(a_novan()))
    bench.reconcile(purged())
    bench.forget()

    bench.reconcile(purged())

    assert bench.writes() == []


def test_a_purge_does_not_end_while_something_is_left(bench):
    bench.reconcile(nova(a_novan()))
    bench.fault("lie", method="DELETE")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(purged())

    assert caught.value.code == "not-converged"
    assert bench.members() == {"ada@nova.test"}


@pytest.mark.parametrize("group", [{}, {"dezky_tenant": "other"}])
def test_a_purge_leaves_a_foreign_group_of_our_name(bench, group):
    foreign = bench.made(GROUPS, name="dezky-t-nova", attributes=group)

    bench.reconcile(purged())

    assert bench.group() == foreign
    assert bench.writes() == []


def test_an_authentik_without_anything_at_all_has_not_purged_a_tenant(bench):
    bench.reconcile(nova(a_novan()))
    bench.fault("empty-list")

    with pytest.raises(TryLater):
        bench.reconcile(purged())
    bench.heal()

    assert bench.members() == {"ada@nova.test"}


def test_a_purge_spares_a_guest_whose_home_moved_elsewhere(bench):
    gil = a_novan("gil")
    bench.reconcile(nova(gil))

    bench.reconcile(purged(gil.with_(home=False)))

    assert bench.active() == {"gil@nova.test"}
    assert bench.group() is None
