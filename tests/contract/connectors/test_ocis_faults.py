"""What a faulty oCIS answers leads to no loss and no twin, whichever call it strikes."""

from collections.abc import Iterator

import pytest

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from tests.builders import a_person, a_wanted
from tests.contract.connectors.ocis_bench import OcisBench, connector_to, ocis_bench, purged

ADA, BOB, EVE = a_person(), a_person("bob@acme.test"), a_person("eve@acme.test")
BROKEN = ["down", "html", "truncate", "500", "503", "429"]
LOST = ["drop-after-commit", "drop-before-commit", "500"]


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def in_order(bench, goal):
    """Is everything as wished, without another write?"""
    bench.forget()
    bench.reconcile(goal)
    return bench.writes() == []


WRITES = {
    "create the group": ("POST", "/groups$"),
    "create a user": ("POST", "/users$"),
    "add members": ("PATCH", "/groups/"),
    "create the space": ("POST", "/drives$"),
    "share the space": ("POST", "/root/invite$"),
}


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("write", WRITES)
def test_int_07_a_lost_answer_to_a_creation_leads_to_no_twin(bench, write, fault):
    method, path = WRITES[write]
    bench.fault(fault, method=method, path=path, times=1)

    with pytest.raises(TryLater):
        bench.reconcile(a_wanted(ADA, BOB))
    bench.reconcile(a_wanted(ADA, BOB))

    counts = bench.world()["counts"]
    assert (counts["groups"], counts["spaces"], len(bench.users())) == (1, 1, 2)
    assert bench.members() == {"ada@acme.test", "bob@acme.test"}
    assert in_order(bench, a_wanted(ADA, BOB))


CHANGES = {
    "disable a user": ("PATCH", "/users/", {"lifecycle": "suspended"}),
    "disable the space": ("DELETE", "/drives/", {"lifecycle": "suspended"}),
    "change the space": ("PATCH", "/drives/", {"plan": "business"}),
    "remove a member": ("DELETE", "/members/", {"people": (ADA,)}),
    "disable one who leaves": ("PATCH", "/users/", {"people": (ADA,)}),
}


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("write", CHANGES)
def test_a_lost_answer_to_a_change_is_made_good(bench, write, fault):
    method, path, change = CHANGES[write]
    goal = bench.held(a_wanted(ADA, BOB)).with_(**change)
    bench.fault(fault, method=method, path=path, times=1)

    with pytest.raises(TryLater):
        bench.reconcile(goal)
    bench.reconcile(goal)

    assert in_order(bench, goal)
    assert not bench.can_sign_in("bob@acme.test") or write == "change the space"


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_to_a_restoration_is_made_good(bench, fault):
    goal = bench.held(a_wanted(ADA))
    bench.held(goal.with_(lifecycle="suspended"))
    bench.fault(fault, method="PATCH", path="/drives/", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(goal)
    bench.reconcile(goal)

    assert in_order(bench, goal)
    assert bench.can_sign_in("ada@acme.test")


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("path", ["/drives/", "/users/", "/groups/"])
def test_a_lost_answer_to_a_deletion_is_made_good(bench, path, fault):
    goal = purged(bench.held(a_wanted(ADA, BOB)))
    bench.fault(fault, method="DELETE", path=path, times=1)

    with pytest.raises(TryLater):
        bench.reconcile(goal)
    bench.reconcile(goal)

    assert (bench.users(), bench.world()["groups"], bench.spaces()) == ({}, {}, [])


WISHES = {
    "change": lambda goal: goal.with_(plan="enterprise", people=(ADA, EVE)),
    "suspend": lambda goal: goal.with_(lifecycle="suspended"),
    "purge": purged,
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("wish", WISHES)
def test_int_09_a_broken_answer_changes_nothing(bench, wish, fault):
    goal = WISHES[wish](bench.held(a_wanted(ADA, BOB)))
    bench.fault(fault)

    with pytest.raises(TryLater):
        bench.reconcile(goal)

    assert bench.writes() == []


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("path", ["/groups/", "/drives$", "/users", "/permissions$"])
def test_one_broken_read_of_several_changes_nothing(bench, path, fault):
    goal = bench.held(a_wanted(ADA, BOB)).with_(plan="enterprise", people=(ADA, EVE))
    bench.fault(fault, method="GET", path=path)

    with pytest.raises(TryLater):
        bench.reconcile(goal)

    assert bench.writes() == []


def test_que_09_an_empty_list_of_spaces_leads_to_no_twin(bench):
    goal = bench.held(a_wanted(ADA))
    bench.fault("empty-list")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(goal)

    assert caught.value.code == "unexpected-answer"
    assert bench.writes() == []


def test_que_09_an_empty_list_of_users_leads_to_no_twin(bench):
    bench.make_user("ada@acme.test")
    bench.make_user("bob@acme.test")
    bench.fault("empty-list", path="/users$")

    bench.reconcile(a_wanted(ADA, BOB))  # found by name when the server refuses twins

    assert len(bench.users()) == 2
    assert bench.members() == {"ada@acme.test", "bob@acme.test"}


def test_int_10_an_empty_list_does_not_turn_a_member_into_a_stranger(bench):
    goal = bench.held(a_wanted(ADA, BOB))
    bench.fault("empty-list", path="/users$")

    with pytest.raises(TryLater):
        bench.reconcile(goal.with_(people=(ADA,)))

    assert bench.writes() == []
    assert bench.can_sign_in("bob@acme.test")


def test_a_user_of_others_whom_an_empty_list_hides_is_left_alone(bench):
    other = bench.make_user("ada@acme.test", mail="eve@elsewhere.test")
    bench.fault("empty-list", path="/users$")

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted(ADA, BOB))

    assert caught.value.code == "name-conflict"
    assert bench.users()["ada@acme.test"] == other


@pytest.mark.parametrize("wish", WISHES)
def test_a_lie_about_a_write_is_noticed(bench, wish):
    goal = WISHES[wish](bench.held(a_wanted(ADA, BOB)))
    bench.fault("lie")

    with pytest.raises(TryLater):
        bench.reconcile(goal)

    bench.heal()
    bench.reconcile(goal)
    assert in_order(bench, goal)


def test_a_directory_that_takes_no_writes_needs_a_person(bench):
    goal = bench.held(a_wanted(ADA))
    bench.ask("POST", "/_sabotage", json={"deed": "read-only", "to": True})

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(goal.with_(people=(ADA, EVE)))

    assert caught.value.code == "refused"


def test_a_role_that_was_taken_from_the_platform_is_a_refusal_of_its_credentials(bench):
    user_role = "d7beeea8-8ff4-406b-8fb6-ab2dd81e6b11"
    goal = bench.held(a_wanted(ADA))
    bench.ask("POST", "/_sabotage", json={"deed": "role", "to": user_role})

    with pytest.raises(CredentialsRefused):
        bench.reconcile(goal.with_(people=(ADA.with_(name="Ada Lovelace"),)))

    assert len(bench.writes()) == 1


def test_int_01_a_refused_app_token_is_never_repeated(bench):
    with pytest.raises(CredentialsRefused):
        connector_to(bench.url, token="wrong").observe(a_wanted())

    assert len(bench.reads()) == 1
