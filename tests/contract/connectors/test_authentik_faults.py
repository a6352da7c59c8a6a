from contextlib import suppress

import pytest

from chalicelib.errors import NeedsPerson, TryLater
from tests.builders import NOON, a_person, a_wanted
from tests.contract.connectors.authentik_bench import (
    BROKEN,
    FILES,
    GROUPS,
    USERS,
    a_novan,
    an_authentik,
    nova,
    novans,
)

ADA, BOB, CARL = a_novan("ada"), a_novan("bob"), a_novan("carl")
GIL = a_person("gil@home.test")
GUEST = GIL.with_(home=False)
BEFORE = nova(ADA, BOB, GUEST)
LOST = ["drop-before-commit", "drop-after-commit", "500"]
PURGED = nova(ADA, BOB, GUEST, lifecycle="terminated", purging_since=NOON)

# What is wished next, and which writes that takes.
CHANGES = {
    "create-user": (nova(ADA, BOB, CARL, GUEST), "POST", "users/$"),
    "change-user": (nova(ADA.with_(name="Countess"), BOB, GUEST), "PATCH", "users/"),
    "rename-user": (nova(ADA.with_(address="countess@nova.test"), BOB, GUEST), "PATCH", "users/"),
    "change-group": (nova(ADA, BOB, GUEST, plan="business"), "PATCH", "groups/"),
    "lock-out": (nova(ADA, BOB.with_(active=False), GUEST), "PATCH", "users/"),
    "end-sessions": (nova(ADA, BOB.with_(active=False), GUEST), "DELETE", "bulk_delete/"),
    "remove-member": (nova(ADA, GUEST), "POST", "remove_user/"),
    "suspend": (nova(ADA, BOB, GUEST, lifecycle="suspended"), "PATCH", "users/"),
    "delete-user": (PURGED, "DELETE", "users/"),
    "unbind": (PURGED, "DELETE", "bindings/"),
    "delete-group": (PURGED, "DELETE", "groups/"),
}

# Locking out has ended the sessions already, and the group takes its bindings along.
WITHOUT_TRACE = {"end-sessions", "unbind"}


@pytest.fixture
def bench():
    with an_authentik(shared=(FILES,)) as bench:
        application = bench.an_application()
        admins = bench.group("dezky-platform-admins")["pk"]
        bench.made("/policies/bindings/", target=application, group=admins, order=0)
        bench.reconcile(a_wanted(GIL, slug="home", domains=("home.test",)))
        bench.reconcile(BEFORE)
        bench.forget()
        yield bench


def state_of(bench):
    """What a tenant's people would notice: who is who, who may sign in, who is a member, who is let in."""
    users = {name: (user["pk"], user["name"], user["is_active"]) for name, user in bench.users().items()}
    return users, bench.members(), bench.group() and bench.group()["attributes"], len(bench.bindings())


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("change", CHANGES)
def test_int_07_a_lost_answer_to_any_write_is_made_good_and_leaves_no_twin(bench, fault, change):
    wish, method, path = CHANGES[change]
    bench.fault(fault, method=method, path=path, times=1)

    with pytest.raises(TryLater):
        bench.reconcile(wish)
    bench.reconcile(wish)
    twice = state_of(bench)
    bench.forget()
    bench.reconcile(wish)

    assert bench.writes() == []
    assert state_of(bench) == twice
    assert len(bench.users()) == (0 if wish is PURGED else 2 + (change == "create-user"))


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("path", ["groups/$", "users/$", "bindings/$"])
def test_int_07_a_lost_answer_to_a_creation_makes_no_twin(bench, fault, path):
    vega = a_wanted(a_person("vera@vega.test"), slug="vega", domains=("vega.test",))
    bench.fault(fault, method="POST", path=path, times=1)

    with pytest.raises(TryLater):
        bench.reconcile(vega)
    bench.reconcile(vega)

    assert bench.members("dezky-t-vega") == {"vera@vega.test"}
    assert len(bench.bindings()) == 4


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_to_a_membership_is_made_good(bench, fault):
    bench.change(ADA.address, groups=[])
    bench.fault(fault, method="POST", path="add_user/", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(BEFORE)
    bench.reconcile(BEFORE)

    assert bench.members() == {ADA.address, BOB.address, GIL.address}


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - WITHOUT_TRACE))
def test_a_lie_about_any_write_is_noticed(bench, change):
    wish, method, path = CHANGES[change]
    bench.fault("lie", method=method, path=path)

    with pytest.raises(TryLater) as caught:
        bench.reconcile(wish)

    assert caught.value.code == "not-converged"


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("path", ["groups/", "users/", "bindings/"])
@pytest.mark.parametrize("wish", [nova(ADA), PURGED], ids=["removal", "purge"])
def test_int_10_a_broken_list_deletes_and_locks_out_nobody(bench, fault, path, wish):
    bench.fault(fault, method="GET", path=path)

    with pytest.raises(TryLater):
        bench.reconcile(wish)

    assert bench.writes() == []


@pytest.mark.parametrize("path", ["groups/", "users/", None])
@pytest.mark.parametrize("times", [1, None])
def test_int_10_an_empty_list_deletes_and_locks_out_nobody(bench, path, times):
    before = state_of(bench)
    bench.fault("empty-list", **{key: value for key, value in (("path", path), ("times", times)) if value})

    with suppress(TryLater):  # a list that lied only once may have been corrected by a conflict
        bench.reconcile(nova(ADA, BOB, CARL, GUEST, plan="business"))
    bench.heal()

    users, members, *_ = state_of(bench)
    assert users.items() >= before[0].items()
    assert members >= before[1]


def test_an_empty_list_of_bindings_makes_one_that_is_taken_back(bench):
    bench.fault("empty-list", path="bindings/", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(BEFORE)
    bench.reconcile(BEFORE)

    assert len(bench.bindings()) == 3


@pytest.mark.parametrize("path", ["users/", "groups/", None])
def test_nothing_is_taken_for_purged_because_a_list_is_empty(bench, path):
    bench.fault("empty-list", **({"path": path} if path else {}))

    with pytest.raises(TryLater):
        bench.reconcile(PURGED)

    assert bench.writes() == []


@pytest.mark.parametrize("path", ["users/", "groups/"])
def test_nothing_is_taken_for_purged_when_the_other_half_is_gone(bench, path):
    if path == "users/":
        bench.ask("DELETE", f"{GROUPS}{bench.group()['pk']}/")
    else:
        for user in bench.users().values():
            bench.ask("DELETE", f"{USERS}{user['pk']}/")
    bench.fault("empty-list", path=path)

    with pytest.raises(TryLater):
        bench.reconcile(PURGED)


def test_members_whom_the_list_of_users_lacks_make_it_worthless(bench):
    bench.reconcile(nova(*novans(60)))
    bench.forget()
    bench.fault("empty-list", path="users/")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(nova(*novans(60)))

    assert caught.value.code == "unexpected-answer"
    assert bench.writes() == []


def test_an_account_that_appears_between_look_and_creation_is_adopted(bench):
    bench.reconcile(nova(ADA, BOB, CARL, GUEST))
    pk = bench.user(CARL.address)["pk"]
    bench.change(CARL.address, groups=[])
    bench.fault("empty-list", path="users/", times=2)  # neither the tenant's list nor the name shows it

    with pytest.raises(TryLater):
        bench.reconcile(nova(CARL))
    bench.reconcile(nova(ADA, BOB, CARL, GUEST))

    assert bench.user(CARL.address)["pk"] == pk
    assert CARL.address in bench.members()


def test_a_foreign_account_that_appears_between_look_and_creation_is_not(bench):
    foreign = bench.made(USERS, username=CARL.address, name="Another")
    bench.fault("empty-list", path="users/", method="GET", times=2)

    with pytest.raises((NeedsPerson, TryLater)):
        bench.reconcile(nova(CARL))
    bench.heal()

    assert bench.user(CARL.address) == foreign


@pytest.mark.parametrize("name", [ADA, GUEST], ids=["home", "guest"])
def test_a_name_that_is_found_under_our_path_after_all_makes_the_list_worthless(bench, name):
    bench.change(name.address, groups=[], path="dezky/nova")
    bench.fault("empty-list", path="users/", times=1)

    with pytest.raises(TryLater) as caught:
        bench.reconcile(BEFORE)

    assert caught.value.code == "unexpected-answer"
    assert bench.writes() == []


def test_a_group_with_members_of_ours_is_not_purged_before_them(bench):
    bench.fault("empty-list", path="users/", times=2)  # by path and by marker

    with pytest.raises(TryLater):
        bench.reconcile(PURGED)

    assert bench.writes() == []
