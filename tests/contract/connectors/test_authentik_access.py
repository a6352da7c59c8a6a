import pytest

from chalicelib.errors import NeedsPerson
from tests.builders import NOON
from tests.contract.connectors.authentik_bench import BINDINGS, FILES, a_novan, an_authentik, nova

ADA = a_novan("ada")


@pytest.fixture
def bench():
    with an_authentik(shared=(FILES,)) as bench:
        yield bench


@pytest.fixture
def application(bench):
    return bench.an_application()


@pytest.fixture
def admins(bench, application):
    """Another group that is let in."""
    key = bench.group("dezky-platform-admins")["pk"]
    return bench.made(BINDINGS, target=application, group=key, order=0)


def groups(bench):
    return {each["group_obj"]["name"] for each in bench.bindings() if each["enabled"] and not each["negate"]}


def may_open(bench, username):
    asked = {"for_user": bench.user(username)["pk"]}
    return bench.ask("GET", f"/core/applications/{FILES}/check_access/", params=asked).json()["passing"]


def test_the_group_is_let_into_a_shared_application(bench, admins):
    bench.reconcile(nova(ADA))

    assert groups(bench) == {"dezky-platform-admins", "dezky-t-nova"}
    assert may_open(bench, ADA.address)
    assert not may_open(bench, "member@acme.test")


def test_the_second_look_reads_the_bindings_once_and_writes_nothing(bench, admins):
    bench.reconcile(nova(ADA))
    bench.forget()

    bench.reconcile(nova(ADA))

    assert bench.writes() == []
    assert [entry["path"].partition("?")[0] for entry in bench.reads()] == [
        "/api/v3/core/groups/",
        "/api/v3/core/users/",
        "/api/v3/policies/bindings/",
    ]


def test_no_application_is_touched_that_is_not_named(bench, admins):
    with an_authentik() as plain:
        plain.reconcile(nova(ADA))

        assert not [entry for entry in plain.writes() if "bindings" in entry["path"]]
        assert not [entry for entry in plain.reads() if "bindings" in entry["path"]]


@pytest.mark.parametrize("by_hand", ["removed", "disabled", "negated", "doubled"])
def test_a_binding_that_was_changed_by_hand_is_put_right(bench, application, admins, by_hand):
    bench.reconcile(nova(ADA))
    group = bench.group()["pk"]
    (ours,) = [each for each in bench.bindings() if each["group"] == group]
    path = f"{BINDINGS}{ours['pk']}/"
    {
        "removed": lambda: bench.ask("DELETE", path),
        "disabled": lambda: bench.ask("PATCH", path, json={"enabled": False}),
        "negated": lambda: bench.ask("PATCH", path, json={"negate": True}),
        "doubled": lambda: bench.made(BINDINGS, target=application, group=group, order=7),
    }[by_hand]()

    bench.reconcile(nova(ADA))

    (after,) = [each for each in bench.bindings() if each["group"] == group]
    assert (after["enabled"], after["negate"]) == (True, False)


def test_bindings_of_others_are_never_touched(bench, application, admins):
    support = bench.user("support@dezky.local")["pk"]
    theirs = bench.made(BINDINGS, target=application, user=support, order=3, enabled=False)

    bench.reconcile(nova(ADA))

    assert theirs in bench.bindings()
    assert admins in bench.bindings()


def test_a_suspended_tenant_keeps_its_binding(bench, admins):
    bench.reconcile(nova(ADA))

    bench.reconcile(nova(ADA, lifecycle="suspended"))

    assert groups(bench) == {"dezky-platform-admins", "dezky-t-nova"}


def test_an_application_that_is_missing_needs_a_person_after_all_else(bench):
    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(nova(ADA))

    assert caught.value.code == "no-such-application"
    assert bench.members() == {ADA.address}


def test_an_application_that_was_made_anew_is_found_again(bench, admins):
    bench.reconcile(nova(ADA))
    bench.ask("DELETE", f"/core/applications/{FILES}/")
    bench.an_application()

    with pytest.raises(Exception, match="no longer has"):
        bench.reconcile(nova(ADA))
    bench.reconcile(nova(ADA))

    assert groups(bench) == {"dezky-t-nova"}


def test_a_purge_removes_the_binding_before_the_group(bench, admins):
    bench.reconcile(nova(ADA))
    bench.forget()

    bench.reconcile(nova(lifecycle="terminated", purging_since=NOON))

    assert [entry["path"].split("/")[4] for entry in bench.writes()] == ["users", "bindings", "groups"]
    assert groups(bench) == {"dezky-platform-admins"}


def test_a_purge_never_opens_an_application_to_everybody(bench, application):
    bench.reconcile(nova(ADA))

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(nova(lifecycle="terminated", purging_since=NOON))

    assert caught.value.code == "last-binding"
    assert bench.user(ADA.address) is None
    assert groups(bench) == {"dezky-t-nova"}
    assert not may_open(bench, "member@acme.test")
