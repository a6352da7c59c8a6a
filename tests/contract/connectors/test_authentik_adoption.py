import pytest

from chalicelib.errors import NeedsPerson
from tests.builders import a_person, a_wanted
from tests.contract.connectors.authentik_bench import USERS, a_novan, an_authentik, nova, novans


@pytest.fixture
def bench():
    with an_authentik() as bench:
        yield bench


def test_the_seeded_people_are_adopted_with_their_password_and_subject(bench):
    owner, member = a_person("owner@acme.test"), a_person("member@acme.test")
    subject = bench.user("owner@acme.test")["uid"]

    bench.reconcile(a_wanted(owner, member))

    adopted = bench.user("owner@acme.test")
    assert adopted["uid"] == subject
    assert adopted["attributes"] == {"dezky_tenant": "acme", "dezky_user": owner.id}
    assert bench.members("dezky-t-acme") == {"owner@acme.test", "member@acme.test"}
    assert bench.signs_in("owner@acme.test")


def test_an_account_that_knows_the_person_is_adopted_from_wherever_it_is(bench):
    ada = a_novan()
    attributes = {"dezky_user": ada.id, "dezky_tenant": "other", "theirs": 1}
    bench.made(USERS, username=ada.address, name="Ada", path="dezky/other", attributes=attributes)

    bench.reconcile(nova(ada))

    adopted = bench.user(ada.address)
    assert adopted["path"] == "dezky/nova"
    assert adopted["attributes"] == {"dezky_user": ada.id, "dezky_tenant": "nova", "theirs": 1}
    assert bench.members() == {ada.address}


@pytest.mark.parametrize(
    "theirs",
    [
        {"path": "users"},
        {"path": "dezky/nova"},
        {"path": "users", "attributes": {"dezky_tenant": "nova"}},
        {"path": "dezky/other", "attributes": {"dezky_tenant": "other", "dezky_user": "somebody"}},
        {"path": "dezky/nova", "attributes": {"dezky_tenant": ["nova"], "dezky_user": ["x"]}},
    ],
)
def test_a_foreign_account_of_our_name_is_untouched_and_holds_up_nobody_else(bench, theirs):
    foreign = bench.made(USERS, username="ada@nova.test", name="Another", **theirs)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(nova(a_novan("ada"), a_novan("bob")))

    assert caught.value.code == "name-conflict"
    assert bench.user("ada@nova.test") == foreign
    assert bench.members() == {"bob@nova.test"}


def test_a_conflict_is_looked_at_again_without_a_write(bench):
    bench.made(USERS, username="ada@nova.test", name="Another")
    tenant = nova(a_novan("ada"))
    with pytest.raises(NeedsPerson):
        bench.reconcile(tenant)
    bench.forget()

    with pytest.raises(NeedsPerson):
        bench.reconcile(tenant)

    assert bench.writes() == []


def test_a_conflict_behind_many_new_people_is_found_by_making_the_account(bench):
    people = novans(60)
    bench.made(USERS, username=people[55].address, name="Another")

    with pytest.raises(NeedsPerson):
        bench.reconcile(nova(*people))
    with pytest.raises(NeedsPerson):
        bench.reconcile(nova(*people))

    assert len(bench.members()) == 59


def test_a_look_asks_for_a_bounded_number_of_names(bench):
    bench.connector.observe(nova(*novans(60)))

    assert len([entry for entry in bench.reads() if "username=" in entry["path"]]) == 50
