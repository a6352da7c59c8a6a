import pytest

from chalicelib.errors import WaitsFor
from tests.builders import a_person, a_wanted
from tests.contract.connectors.authentik_bench import USERS, a_novan, an_authentik, nova


@pytest.fixture
def bench():
    with an_authentik() as bench:
        yield bench


def test_a_guest_becomes_a_member_and_nothing_of_theirs_is_touched(bench):
    guest = a_person("gil@home.test")
    bench.reconcile(a_wanted(guest, slug="home", domains=("home.test",)))
    before = bench.user(guest.address)

    bench.reconcile(nova(guest.with_(home=False, name="As a guest", active=True)))

    after = bench.user(guest.address)
    assert bench.members() == {guest.address}
    assert {**after, "groups": [], "groups_obj": []} == {**before, "groups": [], "groups_obj": []}


def test_a_guest_costs_no_read_once_they_are_a_member(bench):
    guest = a_person("gil@home.test")
    bench.reconcile(a_wanted(guest, slug="home", domains=("home.test",)))
    tenant = nova(guest.with_(home=False))
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 2


@pytest.mark.parametrize("how", ["removed", "inactive", "suspended", "terminated"])
def test_a_guest_who_may_not_come_any_more_loses_membership_only(bench, how):
    guest = a_person("gil@home.test")
    bench.reconcile(a_wanted(guest, slug="home", domains=("home.test",)))
    bench.reconcile(nova(guest.with_(home=False)))
    changed = {
        "removed": nova(),
        "inactive": nova(guest.with_(home=False, active=False)),
        "suspended": nova(guest.with_(home=False), lifecycle="suspended"),
        "terminated": nova(guest.with_(home=False), lifecycle="terminated"),
    }

    bench.reconcile(changed[how])

    assert bench.members() == set()
    assert bench.active("dezky/home") == {guest.address}
    assert bench.members("dezky-t-home") == {guest.address}


def test_a_guest_without_an_account_is_waited_for_after_all_else(bench):
    ada, guest = a_novan("ada"), a_person("gil@home.test", home=False)

    with pytest.raises(WaitsFor) as caught:
        bench.reconcile(nova(ada, guest))
    made_here = bench.user(guest.address)
    bench.reconcile(a_wanted(guest.with_(home=True), slug="home", domains=("home.test",)))
    bench.reconcile(nova(ada, guest))

    assert caught.value.code == "waits-for-home-tenant"
    assert made_here is None
    assert bench.members() == {"ada@nova.test", guest.address}


def test_somebody_else_with_a_guests_name_is_not_let_in(bench):
    bench.made(USERS, username="gil@home.test", name="Another", attributes={"dezky_user": "somebody"})

    with pytest.raises(WaitsFor):
        bench.reconcile(nova(a_person("gil@home.test", home=False)))

    assert bench.members() == set()


def test_a_person_whose_home_moved_is_kept_by_the_old_one(bench):
    gil = a_person("gil@home.test")
    home = {"slug": "home", "domains": ("home.test",)}
    bench.reconcile(a_wanted(gil, **home))

    bench.reconcile(a_wanted(gil.with_(home=False), **home))
    bench.reconcile(nova(gil))
    bench.reconcile(a_wanted(gil.with_(home=False), **home))

    assert bench.active() == {gil.address}
    assert bench.members() == bench.members("dezky-t-home") == {gil.address}
