import time

import pytest

from chalicelib.errors import NeedsPerson
from tests.builders import a_tenant
from tests.contract.connectors.stalwart_bench import (
    a_domain,
    a_stalwart,
    domains,
    many_domains,
    names,
    objects,
)


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


def test_each_domain_of_a_tenant_is_there_and_says_whose_it_is(bench):
    ids = bench.reconcile(a_tenant(domains=("acme.test", "acme.example")))

    found = objects(bench)
    by_name = {domain["name"]: identity for identity, domain in found.items()}
    assert ids == {"domains": f"acme.example={by_name['acme.example']}, acme.test={by_name['acme.test']}"}
    assert {domain["description"] for domain in found.values()} == {"dezky:acme"}
    assert {domain["dkimManagement"]["@type"] for domain in found.values()} == {"Automatic"}


def test_a_tenant_without_domains_is_in_order_with_nothing(bench):
    assert bench.reconcile(a_tenant(domains=())) == {}
    assert bench.writes() == []


def test_the_second_look_sends_no_write_and_is_one_request(bench):
    tenant = a_tenant(domains=domains(7))
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 1


def test_more_domains_than_a_request_holds_are_all_found(bench):
    tenant = a_tenant(domains=domains(20))

    bench.reconcile(tenant)
    assert len(names(bench)) == 20
    bench.forget()
    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 3


def test_a_suspended_or_terminated_tenant_keeps_its_domains(bench):
    bench.reconcile(a_tenant())
    bench.forget()

    bench.reconcile(a_tenant(lifecycle="terminated"))

    assert bench.writes() == []


@pytest.mark.parametrize("description", [None, "", "dezky:acme-2", "dezky:acm", "xdezky:acme", "Acme"])
def test_a_foreign_domain_is_never_touched(bench, description):
    a_domain(bench, "acme.test", description)
    before = objects(bench)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_tenant())

    assert caught.value.code == "name-conflict"
    assert (bench.writes(), objects(bench)) == ([], before)


def test_an_alias_of_a_foreign_domain_is_a_conflict_too(bench):
    a_domain(bench, "other.test", "dezky:other", aliases={"acme.test": True})

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_tenant())

    assert caught.value.code == "name-conflict"
    assert names(bench) == ["other.test"]


def test_a_domain_of_ours_with_a_note_is_still_ours(bench):
    a_domain(bench, "acme.test", "dezky:acme moved here in spring")

    bench.reconcile(a_tenant())

    assert bench.writes() == []


def test_a_domain_removed_by_hand_comes_back(bench):
    bench.reconcile(a_tenant())
    bench.ask("POST", "/_sabotage", json={"deed": "delete", "kind": "Domain", "name": "acme.test"})

    bench.reconcile(a_tenant())

    assert names(bench) == ["acme.test"]


def wait_for_signatures(bench, number):
    for _ in range(100):
        if len(objects(bench, "DkimSignature")) >= number:
            return
        time.sleep(0.02)
    raise AssertionError("no DKIM keys appeared")


def test_a_domain_no_longer_wanted_goes_with_its_keys_and_no_others(bench):
    bench.reconcile(a_tenant(domains=("acme.test", "old.test")))
    bench.reconcile(a_tenant(slug="acme-2", domains=("acme-2.test",)))
    wait_for_signatures(bench, 6)

    bench.reconcile(a_tenant(domains=("acme.test",)))

    assert names(bench) == ["acme-2.test", "acme.test"]
    assert {each["domainId"] for each in objects(bench, "DkimSignature").values()} == set(objects(bench))


def test_a_domain_with_mailboxes_is_left_to_a_person_with_its_keys(bench):
    bench.reconcile(a_tenant())
    wait_for_signatures(bench, 2)
    mailbox = {"@type": "User", "name": "ada", "domainId": next(iter(objects(bench)))}
    bench.ask("POST", "/_sabotage", json={"deed": "create", "kind": "Account", "object": mailbox})

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_tenant(domains=()))

    assert caught.value.code == "domain-in-use"
    assert names(bench) == ["acme.test"]
    assert len(objects(bench, "DkimSignature")) == 2


def test_too_many_removals_at_once_wait_for_a_person(bench):
    bench.reconcile(a_tenant(domains=domains(6)))
    bench.forget()

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_tenant(domains=()))

    assert caught.value.code == "mass-delete-guard"
    assert bench.writes() == []


def test_a_few_removals_at_once_are_done(bench):
    bench.reconcile(a_tenant(domains=domains(6)))

    bench.reconcile(a_tenant(domains=domains(1)))

    assert names(bench) == ["d00.test"]


def test_one_in_five_may_go_when_there_are_many(bench):
    bench.reconcile(a_tenant(domains=domains(30)))

    bench.reconcile(a_tenant(domains=domains(24)))

    assert len(names(bench)) == 24


def test_a_list_of_more_than_a_page_is_read_to_its_end(bench):
    for numbers in (range(500), range(500, 503)):
        many_domains(bench, {f"k{each}": f"n{each}.test" for each in numbers}, "dezky:acme old")

    found = bench.connector.observe(a_tenant(domains=()))

    assert len(found.ours) == 503
