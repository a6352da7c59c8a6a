import pytest

from chalicelib.errors import NeedsPerson, TryLater
from tests.builders import NOON, a_person, a_wanted
from tests.contract.connectors.stalwart_bench import (
    EVERYTHING,
    a_domain,
    a_mailbox,
    a_stalwart,
    everything,
    known,
    mailboxes,
    may,
    names,
    objects,
    people,
)

ADA = a_person("ada@acme.test", name="Ada")
BO = a_person("bo@acme.test", name="Bo")
LEFT = BO.with_(active=False)
NOTHING = {"Domain": {}, "Account": {}, "DkimSignature": {}}


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


def to_be_purged(*people, **given):
    return a_wanted(*people, lifecycle="terminated", purging_since=NOON, **given)


def test_a_suspended_tenant_still_receives_mail_but_neither_signs_in_nor_sends(bench):
    bench.reconcile(a_wanted(ADA, BO))

    bench.reconcile(a_wanted(ADA, BO, lifecycle="suspended"))

    assert may(bench, "ada@acme.test") == may(bench, "bo@acme.test") == {"emailReceive"}


def test_a_suspension_of_many_is_one_write(bench):
    bench.reconcile(a_wanted(*people(101)))
    bench.forget()

    bench.reconcile(a_wanted(*people(101), lifecycle="suspended"))

    assert len(bench.writes()) == 1
    assert {len(each["permissions"]["disabledPermissions"]) for each in mailboxes(bench).values()} == {2}


def test_a_person_who_comes_while_the_tenant_is_suspended_gets_a_locked_mailbox(bench):
    bench.reconcile(a_wanted(ADA, lifecycle="suspended"))

    assert may(bench, "ada@acme.test") == {"emailReceive"}


def test_resume_restores_only_people_who_are_active_themselves(bench):
    bench.reconcile(a_wanted(ADA, BO, LEFT.with_(address="eve@acme.test")))
    bench.reconcile(a_wanted(ADA, LEFT, lifecycle="suspended"))

    bench.reconcile(a_wanted(ADA, LEFT))

    assert may(bench, "ada@acme.test") == EVERYTHING
    assert may(bench, "bo@acme.test") == may(bench, "eve@acme.test") == {"emailReceive"}


@pytest.mark.parametrize("remaining", [(ADA, LEFT), (ADA,)])
def test_int_24_a_person_who_is_inactive_or_was_removed_is_locked_out_and_keeps_the_mail(bench, remaining):
    bench.reconcile(a_wanted(ADA, BO))
    before = set(objects(bench, "Account"))

    bench.reconcile(a_wanted(*remaining))

    assert may(bench, "bo@acme.test") == {"emailReceive"}
    assert may(bench, "ada@acme.test") == EVERYTHING
    assert set(objects(bench, "Account")) == before


def test_a_person_who_comes_back_has_the_same_mailbox_again(bench):
    bench.reconcile(a_wanted(ADA, BO))
    before = everything(bench)["Account"]
    bench.reconcile(a_wanted(ADA))

    bench.reconcile(a_wanted(ADA, BO))

    assert everything(bench)["Account"] == before


def test_many_people_who_vanish_at_once_are_not_locked_out(bench):
    bench.reconcile(a_wanted(*people(21)))
    bench.forget()

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted())

    assert caught.value.code == "mass-delete-guard"
    assert bench.writes() == []


def test_a_terminated_tenant_refuses_mail_and_keeps_every_object(bench):
    bench.reconcile(a_wanted(ADA, BO))
    a_mailbox(bench, "team@acme.test", kind="Group")
    before = {kind: set(found) for kind, found in everything(bench).items()}

    bench.reconcile(a_wanted(ADA, lifecycle="terminated"))

    assert [may(bench, f"{name}@acme.test") for name in ("ada", "bo", "team")] == [set(), set(), set()]
    after = everything(bench)
    assert {kind: set(after[kind]) >= before[kind] for kind in before} == dict.fromkeys(before, True)


def test_a_restored_tenant_is_as_it_was(bench):
    bench.reconcile(a_wanted(ADA, LEFT))
    a_mailbox(bench, "team@acme.test", kind="Group")
    before = everything(bench)["Account"]
    bench.reconcile(a_wanted(ADA, LEFT, lifecycle="terminated"))

    bench.reconcile(a_wanted(ADA, LEFT))

    assert everything(bench)["Account"] == before


def test_a_purge_leaves_nothing_of_ours_and_nothing_of_others_changed(bench):
    bench.reconcile(a_wanted(a_person("eve@acme-2.test"), slug="acme-2", domains=("acme-2.test",)))
    a_domain(bench, "foreign.test", "belongs to dezky and acme")
    a_mailbox(bench, "root@foreign.test")
    before = everything(bench)
    tenant = (*people(21), ADA)
    bench.reconcile(a_wanted(*tenant, domains=("acme.test", "acme.example")))
    team = a_mailbox(bench, "team@acme.test", kind="Group")
    a_mailbox(bench, "unknown@acme.example", memberGroupIds={team: True})

    bench.reconcile(to_be_purged(*tenant, domains=("acme.test", "acme.example")))

    assert everything(bench) == before


def test_que_18_a_second_purge_sends_no_write(bench):
    bench.reconcile(a_wanted(ADA))
    bench.reconcile(to_be_purged(ADA))
    bench.forget()

    assert bench.reconcile(to_be_purged(ADA)) == {}
    assert bench.writes() == []


def test_a_domain_of_others_with_our_name_survives_the_purge(bench):
    a_domain(bench, "acme.test", "dezky:acme-2")
    a_mailbox(bench, "ada@acme.test")
    before = everything(bench)

    assert bench.reconcile(to_be_purged(ADA)) == {}
    assert everything(bench) == before


def test_an_alias_from_elsewhere_stops_the_purge_for_a_person(bench):
    bench.reconcile(a_wanted(ADA))
    alias = {"name": "sales", "domainId": next(iter(objects(bench))), "enabled": True}
    a_domain(bench, "other.test", None)
    a_mailbox(bench, "eve@other.test", aliases={"0": alias})

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(to_be_purged(ADA))

    assert caught.value.code == "domain-in-use"
    assert names(bench) == ["acme.test", "other.test"]


def test_a_purge_is_not_over_because_a_list_is_empty_by_mistake(bench):
    ids = bench.reconcile(a_wanted(ADA))
    before = everything(bench)
    bench.fault("empty-list")

    with pytest.raises(TryLater):
        bench.reconcile(known(to_be_purged(ADA), ids))
    bench.heal()

    assert everything(bench) == before
    assert bench.reconcile(known(to_be_purged(ADA), ids)) == {}
    assert everything(bench) == NOTHING
