import time
from collections.abc import Iterator

import pytest
import requests

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from infra.local.emulators.server import serve
from infra.local.emulators.stalwart import StalwartSettings, create_app
from tests.builders import a_tenant
from tests.contract.connectors.conftest import TIMEOUT, Bench

KEY = "API_a-key-for-tests"


def connector_to(url: str, key: str = KEY) -> StalwartConnector:
    api = Api(endpoint(url, key), Patience(connect=1, read=2, total=4), sleep=lambda _: None)
    return StalwartConnector(Stalwart(Jmap(api)))


@pytest.fixture
def bench() -> Iterator[Bench]:
    with serve(create_app(StalwartSettings(KEY, None, dkim_delay=0.0)), port=0) as server:

        def ask(method, path, **more):
            answer = requests.request(method, f"{server.url}{path}", timeout=TIMEOUT, **more)
            assert answer.status_code == 200, answer.text
            return answer

        yield Bench(server.url, connector_to(server.url), ask)


def objects(bench, kind="Domain"):
    return bench.ask("GET", "/_world").json()["objects"][kind]


def names(bench):
    return sorted(domain["name"] for domain in objects(bench).values())


def a_domain(bench, name, description, **more):
    draft = {"name": name, "description": description, **more}
    return bench.ask("POST", "/_sabotage", json={"deed": "create", "kind": "Domain", "object": draft}).json()[
        "id"
    ]


def many_domains(bench, by_key, description):
    drafts = {key: {"name": name, "description": description} for key, name in by_key.items()}
    call = ["x:Domain/set", {"create": drafts}, "c0"]
    body = {"using": ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"], "methodCalls": [call]}
    bench.ask("POST", "/jmap", json=body, headers={"Authorization": f"Bearer {KEY}"})


def domains(number):
    return tuple(f"d{each:02}.test" for each in range(number))


def test_each_domain_of_a_tenant_is_there_and_says_whose_it_is(bench):
    ids = bench.reconcile(a_tenant(domains=("acme.test", "acme.example")))

    found = objects(bench)
    assert {found[identity]["name"] for identity in ids.values()} == {"acme.test", "acme.example"}
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

    assert len(bench.reconcile(tenant)) == 20
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
    ids = bench.reconcile(a_tenant())
    wait_for_signatures(bench, 2)
    mailbox = {"@type": "User", "name": "ada", "domainId": ids["acme.test"]}
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


@pytest.mark.parametrize("fault", ["drop-after-commit", "drop-before-commit", "500"])
def test_a_lost_answer_leads_to_no_twin(bench, fault):
    bench.fault(fault, call="x:Domain/set", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant())
    bench.reconcile(a_tenant())

    assert names(bench) == ["acme.test"]


def test_a_lost_answer_to_a_removal_is_survived(bench):
    bench.reconcile(a_tenant())
    bench.fault("drop-after-commit", call="x:Domain/set", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant(domains=()))
    bench.reconcile(a_tenant(domains=()))

    assert names(bench) == []


def test_an_empty_list_that_lies_makes_and_removes_nothing(bench):
    bench.reconcile(a_tenant(domains=("acme.test", "old.test")))
    before = objects(bench)
    bench.fault("empty-list")

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant())
    bench.heal()

    assert objects(bench) == before


def test_a_list_that_lies_once_is_corrected_by_the_conflict(bench):
    bench.reconcile(a_tenant())
    bench.fault("empty-list", times=1)

    assert set(bench.reconcile(a_tenant())) == {"acme.test"}


def test_a_lie_about_a_write_is_noticed(bench):
    bench.fault("lie")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(a_tenant())

    assert caught.value.code == "not-converged"


@pytest.mark.parametrize("fault", ["down", "html", "truncate", "500", "503", "429"])
def test_a_broken_answer_changes_nothing(bench, fault):
    bench.reconcile(a_tenant(domains=("acme.test", "old.test")))
    bench.forget()
    bench.fault(fault)

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant())

    assert bench.writes() == []


def test_a_refused_key_is_never_repeated(bench):
    with pytest.raises(CredentialsRefused):
        connector_to(bench.url, key="wrong").observe(a_tenant())

    assert len(bench.reads()) == 1
