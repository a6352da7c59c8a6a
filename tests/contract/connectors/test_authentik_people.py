import pytest

from tests.contract.connectors.authentik_bench import USERS, a_novan, an_authentik, nova, novans


@pytest.fixture
def bench():
    with an_authentik() as bench:
        yield bench


def test_a_person_gets_an_account_in_the_group(bench):
    ada = a_novan("ada", name="Ada Lovelace")

    bench.reconcile(nova(ada))

    account = bench.user("ada@nova.test")
    assert {name: account[name] for name in ("name", "email", "is_active", "path", "type", "attributes")} == {
        "name": "Ada Lovelace",
        "email": "ada@nova.test",
        "is_active": True,
        "path": "dezky/nova",
        "type": "internal",
        "attributes": {"dezky_tenant": "nova", "dezky_user": ada.id},
    }
    assert bench.members() == {"ada@nova.test"}


@pytest.mark.parametrize("count", [0, 1, 21, 101])
def test_the_second_look_sends_no_write_and_no_needless_read(bench, count):
    tenant = nova(*novans(count))
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == (2 if count <= 100 else 3)
    assert len(bench.members()) == count


def test_an_account_is_made_with_one_write(bench):
    bench.reconcile(nova())
    bench.forget()

    bench.reconcile(nova(a_novan()))

    assert [entry["path"] for entry in bench.writes()] == ["/api/v3/core/users/"]


@pytest.mark.parametrize(
    "drift",
    [
        {"name": "Somebody"},
        {"email": "else@nova.test"},
        {"is_active": False},
        {"path": "users"},
        {"type": "external"},
        {"username": "renamed@nova.test"},
        {"attributes": {"dezky_tenant": "nova"}},
        {"groups": []},
    ],
)
def test_int_17_what_was_changed_by_hand_is_put_right(bench, drift):
    tenant = nova(a_novan())
    bench.reconcile(tenant)
    before = bench.user("ada@nova.test")
    bench.change("ada@nova.test", **drift)

    bench.reconcile(tenant)

    after = bench.user("ada@nova.test")
    assert {**after, "last_updated": None} == {**before, "last_updated": None}
    assert len(bench.writes()) == 1


def test_int_18_an_account_that_was_deleted_by_hand_comes_back(bench):
    tenant = nova(a_novan())
    bench.reconcile(tenant)
    bench.ask("DELETE", f"{USERS}{bench.user('ada@nova.test')['pk']}/")

    bench.reconcile(tenant)

    assert bench.members() == {"ada@nova.test"}


def test_keys_that_others_keep_at_an_account_stay(bench):
    tenant = nova(a_novan())
    bench.reconcile(tenant)
    bench.change("ada@nova.test", attributes={"dezky_tenant": "nova", "settings": {"locale": "da"}})

    bench.reconcile(tenant)

    attributes = bench.user("ada@nova.test")["attributes"]
    assert attributes == {
        "dezky_tenant": "nova",
        "dezky_user": tenant.people[0].id,
        "settings": {"locale": "da"},
    }


def test_a_new_name_and_a_new_address_keep_the_account(bench):
    ada = a_novan("ada")
    bench.reconcile(nova(ada))
    before = bench.user("ada@nova.test")

    bench.reconcile(nova(ada.with_(address="lovelace@nova.test", name="A. Lovelace")))

    after = bench.user("lovelace@nova.test")
    assert (after["pk"], after["uid"], after["name"]) == (before["pk"], before["uid"], "A. Lovelace")
    assert bench.members() == {"lovelace@nova.test"}


def test_an_address_that_somebody_gave_up_is_free_in_the_same_run(bench):
    ada, bob = a_novan("ada"), a_novan("bob")
    bench.reconcile(nova(ada, bob))
    keys = {name: user["pk"] for name, user in bench.users().items()}

    bench.reconcile(
        nova(
            ada.with_(address="bob@nova.test"),
            bob.with_(address="carl@nova.test"),
            a_novan("ada", name="Another Ada"),
        )
    )

    after = bench.users()
    assert after["bob@nova.test"]["pk"] == keys["ada@nova.test"]
    assert after["carl@nova.test"]["pk"] == keys["bob@nova.test"]
    assert after["ada@nova.test"]["name"] == "Another Ada"


def test_without_a_name_of_ours_the_person_keeps_their_own(bench):
    nameless = a_novan("ada", name="ada@nova.test")
    bench.reconcile(nova(nameless))
    bench.change("ada@nova.test", name="Ada, as she calls herself")

    bench.reconcile(nova(nameless))

    assert bench.user("ada@nova.test")["name"] == "Ada, as she calls herself"
