import time

import pytest

from chalicelib.errors import NeedsPerson
from tests.builders import a_person, a_wanted
from tests.contract.connectors.stalwart_bench import (
    a_domain,
    a_mailbox,
    a_stalwart,
    client_of,
    domains,
    everything,
    known,
    mailboxes,
    many_domains,
    names,
    objects,
    sabotage,
)


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


def test_each_domain_of_a_tenant_is_there_and_says_whose_it_is(bench):
    ids = bench.reconcile(a_wanted(domains=("acme.test", "acme.example")))

    found = objects(bench)
    by_name = {domain["name"]: identity for identity, domain in found.items()}
    assert ids == {"domains": f"acme.example={by_name['acme.example']}, acme.test={by_name['acme.test']}"}
    assert {domain["description"] for domain in found.values()} == {"dezky:acme"}
    assert {domain["dkimManagement"]["@type"] for domain in found.values()} == {"Automatic"}


def test_a_tenant_without_domains_is_in_order_with_nothing(bench):
    assert bench.reconcile(a_wanted(domains=())) == {}
    assert bench.writes() == []


def test_que_15_the_second_look_sends_no_write_and_is_one_request(bench):
    tenant = a_wanted(domains=domains(6))
    ids = bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(known(tenant, ids))

    assert bench.writes() == []
    assert len(bench.reads()) == 1


def test_ids_that_got_lost_cost_one_request_more(bench):
    tenant = a_wanted(domains=domains(6))
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 2


@pytest.mark.parametrize(
    "domains", ["", "acme.test", "=, acme.test=", "acme.test=zzz9", "x=b, acme.test=zzz9"]
)
def test_ids_that_are_wrong_lead_nowhere_wrong(bench, domains):
    bench.reconcile(a_wanted())
    bench.forget()

    bench.reconcile(known(a_wanted(), {"domains": domains}))

    assert bench.writes() == []


def test_more_domains_than_a_request_holds_are_all_found(bench):
    tenant = a_wanted(domains=domains(20))

    bench.reconcile(tenant)
    assert len(names(bench)) == 20
    bench.forget()
    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 4


def test_a_suspended_or_terminated_tenant_keeps_its_domains(bench):
    bench.reconcile(a_wanted())
    bench.forget()

    bench.reconcile(a_wanted(lifecycle="terminated"))

    assert bench.writes() == []


@pytest.mark.parametrize("description", [None, "", "dezky:acme-2", "dezky:acm", "xdezky:acme", "Acme"])
def test_int_03_a_foreign_domain_is_never_touched(bench, description):
    a_domain(bench, "acme.test", description)
    before = objects(bench)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted())

    assert caught.value.code == "name-conflict"
    assert (bench.writes(), objects(bench)) == ([], before)


def test_an_alias_of_a_foreign_domain_is_a_conflict_too(bench):
    a_domain(bench, "other.test", "dezky:other", aliases={"acme.test": True})

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted())

    assert caught.value.code == "name-conflict"
    assert names(bench) == ["other.test"]


def test_a_domain_of_ours_with_a_note_is_still_ours(bench):
    a_domain(bench, "acme.test", "dezky:acme moved here in spring")

    bench.reconcile(a_wanted())

    assert bench.writes() == []


def test_a_domain_removed_by_hand_comes_back(bench):
    bench.reconcile(a_wanted())
    bench.ask("POST", "/_sabotage", json={"deed": "delete", "kind": "Domain", "name": "acme.test"})

    bench.reconcile(a_wanted())

    assert names(bench) == ["acme.test"]


def wait_for_signatures(bench, number):
    for _ in range(100):
        if len(objects(bench, "DkimSignature")) >= number:
            return
        time.sleep(0.02)
    raise AssertionError("no DKIM keys appeared")


def test_a_domain_no_longer_wanted_goes_with_its_keys_and_no_others(bench):
    bench.reconcile(a_wanted(domains=("acme.test", "old.test")))
    bench.reconcile(a_wanted(slug="acme-2", domains=("acme-2.test",)))
    wait_for_signatures(bench, 6)

    bench.reconcile(a_wanted(domains=("acme.test",)))

    assert names(bench) == ["acme-2.test", "acme.test"]
    assert {each["domainId"] for each in objects(bench, "DkimSignature").values()} == set(objects(bench))


def test_a_domain_that_an_alias_from_elsewhere_needs_is_left_to_a_person_with_its_keys(bench):
    bench.reconcile(a_wanted())
    wait_for_signatures(bench, 2)
    alias = {"name": "sales", "domainId": next(iter(objects(bench))), "enabled": True}
    a_domain(bench, "other.test", None)
    a_mailbox(bench, "eve@other.test", aliases={"0": alias})
    before = everything(bench)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted(domains=()))

    assert caught.value.code == "domain-in-use"
    assert everything(bench) == before


def test_a_domain_no_longer_wanted_goes_with_its_mailboxes_and_no_others(bench):
    bench.reconcile(
        a_wanted(a_person("ada@acme.test"), a_person("bo@old.test"), domains=("acme.test", "old.test"))
    )
    a_mailbox(bench, "team@old.test", kind="Group")
    wait_for_signatures(bench, 4)

    bench.reconcile(a_wanted(a_person("ada@acme.test"), a_person("bo@old.test")))

    assert set(mailboxes(bench)) == {"ada@acme.test"}
    assert names(bench) == ["acme.test"]


def test_keys_managed_by_hand_are_taken_back(bench):
    bench.reconcile(a_wanted())
    sabotage(bench, "change", "Domain", name="acme.test", change={"dkimManagement": {"@type": "Manual"}})

    bench.reconcile(a_wanted())

    (domain,) = objects(bench).values()
    assert domain["dkimManagement"]["@type"] == "Automatic"


def test_keys_and_zone_of_a_domain_can_be_read(bench):
    bench.reconcile(a_wanted())
    wait_for_signatures(bench, 2)
    identity = next(iter(objects(bench)))

    keys = client_of(bench).domains.signatures(identity)
    zone = client_of(bench).domains.zone_file(identity)

    assert {(key.selector, key.publicKey) for key in keys} == {
        (each["selector"], each["publicKey"]) for each in objects(bench, "DkimSignature").values()
    }
    assert all(f"{key.selector}._domainkey.acme.test." in zone for key in keys)
    assert client_of(bench).domains.zone_file("zzz9") is None


def test_too_many_removals_at_once_wait_for_a_person(bench):
    bench.reconcile(a_wanted(domains=domains(6)))
    bench.forget()

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_wanted(domains=()))

    assert caught.value.code == "mass-delete-guard"
    assert bench.writes() == []


def test_a_few_removals_at_once_are_done(bench):
    bench.reconcile(a_wanted(domains=domains(6)))

    bench.reconcile(a_wanted(domains=domains(1)))

    assert names(bench) == ["d00.test"]


def test_one_in_five_may_go_when_there_are_many(bench):
    bench.reconcile(a_wanted(domains=domains(30)))

    bench.reconcile(a_wanted(domains=domains(24)))

    assert len(names(bench)) == 24


def test_a_list_of_more_than_a_page_is_read_to_its_end(bench):
    for numbers in (range(500), range(500, 503)):
        many_domains(bench, {f"k{each}": f"n{each}.test" for each in numbers}, "dezky:acme old")

    assert len(client_of(bench).glance("dezky:acme", []).domains) == 503
