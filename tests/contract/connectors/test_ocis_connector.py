from collections.abc import Iterator

import pytest
import requests

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis, endpoint
from chalicelib.integrations.ocis.connector import OcisConnector
from infra.local.emulators.ocis import OcisSettings, create_app
from infra.local.emulators.server import serve
from tests.builders import a_tenant
from tests.contract.connectors.conftest import TIMEOUT, Bench

USER, TOKEN = "platform", "an-app-token-for-tests"
DRIVES = "/graph/v1.0/drives"


def connector_to(url: str, token: str = TOKEN) -> OcisConnector:
    patience = Patience(connect=1, read=1, total=3)
    return OcisConnector(Ocis(Api(endpoint(url, USER, token), patience, sleep=lambda _: None)))


@pytest.fixture
def bench() -> Iterator[Bench]:
    with serve(create_app(OcisSettings(USER, TOKEN, "http://localhost:9002", None)), port=0) as server:

        def ask(method, path, **more):
            return requests.request(method, server.url + path, auth=(USER, TOKEN), timeout=TIMEOUT, **more)

        yield Bench(server.url, connector_to(server.url), ask)


def spaces(bench):
    return bench.ask("GET", DRIVES).json()["value"]


def a_space(bench, name="Acme", description="dezky:acme"):
    answer = bench.ask("POST", DRIVES, json={"name": name, "description": description})
    assert answer.status_code == 201, answer.text
    bench.forget()
    return answer.json()


def trash(bench, identity):
    assert bench.ask("DELETE", f"{DRIVES}/{identity}").status_code == 204
    bench.forget()


@pytest.mark.parametrize(("plan", "gib"), [("starter", 10), ("business", 100), ("enterprise", 1024)])
def test_a_new_tenant_gets_a_space_of_its_plans_size(bench, plan, gib):
    ids = bench.reconcile(a_tenant(plan=plan))

    (space,) = spaces(bench)
    assert ids == {"space": space["id"]}
    assert (space["name"], space["description"]) == ("Acme", "dezky:acme")
    assert space["quota"]["total"] == gib * 2**30


def test_the_second_look_sends_no_write(bench):
    bench.reconcile(a_tenant())
    bench.forget()

    bench.reconcile(a_tenant())

    assert bench.writes() == []
    assert len(bench.reads()) == 1


def test_a_new_name_and_plan_reach_the_space(bench):
    bench.reconcile(a_tenant())
    bench.forget()

    bench.reconcile(a_tenant(name="Acme Nordic", plan="enterprise"))

    (space,) = spaces(bench)
    assert (space["name"], space["quota"]["total"]) == ("Acme Nordic", 1024 * 2**30)
    assert [entry["method"] for entry in bench.writes()] == ["PATCH"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Inc.", "Acme Inc"),
        ('a/b\\c.d:e?f*g"h>i<j|k', "a b c d e f g h i j k"),
        ("  Ac\tme\x00 \n", "Ac me"),
        ("???", "acme"),
        ("Ærø " + "é" * 200, "Ærø " + "é" * 124),
        ("日本" * 60, ("日本" * 60)[:85]),
    ],
)
def test_names_that_ocis_refuses_are_made_acceptable_and_stay_so(bench, name, expected):
    bench.reconcile(a_tenant(name=name))
    bench.forget()

    bench.reconcile(a_tenant(name=name))

    assert [space["name"] for space in spaces(bench)] == [expected]
    assert bench.writes() == []


@pytest.mark.parametrize("description", ["", "dezky:acme-2", "dezky:acm", "not-dezky:acme", "dezky:acme."])
def test_a_space_of_others_is_left_alone_even_under_our_name(bench, description):
    other = a_space(bench, description=description)

    ids = bench.reconcile(a_tenant())

    assert ids["space"] != other["id"]
    assert bench.ask("GET", f"{DRIVES}/{other['id']}").json() == other


@pytest.mark.parametrize(
    "description", ["dezky:acme", "Files of Acme\ndezky:acme\n", "dezky:acme (do not remove)"]
)
def test_a_space_with_our_marker_is_ours(bench, description):
    space = a_space(bench, description=description)

    assert bench.reconcile(a_tenant()) == {"space": space["id"]}
    assert spaces(bench)[0]["description"] == description


def test_two_spaces_of_ours_wait_for_a_person(bench):
    a_space(bench)
    a_space(bench)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_tenant())

    assert caught.value.code == "duplicate-space"
    assert bench.writes() == []


def test_the_person_may_settle_it_by_disabling_one(bench):
    kept, other = a_space(bench), a_space(bench)
    trash(bench, other["id"])

    assert bench.reconcile(a_tenant()) == {"space": kept["id"]}


def test_two_disabled_spaces_wait_for_a_person_too(bench):
    trash(bench, a_space(bench)["id"])
    trash(bench, a_space(bench)["id"])

    with pytest.raises(NeedsPerson):
        bench.reconcile(a_tenant())


def test_a_space_disabled_by_hand_is_enabled_not_replaced(bench):
    ids = bench.reconcile(a_tenant())
    trash(bench, ids["space"])

    assert bench.reconcile(a_tenant()) == ids
    (space,) = spaces(bench)
    assert "deleted" not in space["root"]


def test_a_terminated_tenant_keeps_its_space(bench):
    bench.reconcile(a_tenant())
    bench.forget()

    bench.reconcile(a_tenant(lifecycle="terminated"))

    assert bench.writes() == []


@pytest.mark.parametrize("fault", ["drop-after-commit", "drop-before-commit", "500"])
def test_a_lost_answer_leads_to_no_twin(bench, fault):
    bench.fault(fault, method="POST", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant())
    bench.reconcile(a_tenant())

    assert len(spaces(bench)) == 1


def test_an_empty_list_that_lies_leads_to_no_twin(bench):
    ids = bench.reconcile(a_tenant())
    known = a_tenant(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids)))
    bench.forget()
    bench.fault("empty-list")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(known)

    assert caught.value.code == "unexpected-answer"
    assert bench.writes() == []


def test_a_space_that_is_really_gone_is_made_again(bench):
    ids = bench.reconcile(a_tenant())
    known = a_tenant(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids)))
    trash(bench, ids["space"])
    bench.ask("DELETE", f"{DRIVES}/{ids['space']}", headers={"Purge": "T"})

    assert bench.reconcile(known) != ids
    assert len(spaces(bench)) == 1


def test_a_space_whose_marker_was_removed_is_nobodys(bench):
    ids = bench.reconcile(a_tenant())
    known = a_tenant(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids)))
    bench.ask("PATCH", f"{DRIVES}/{ids['space']}", json={"description": "mine now"})

    assert bench.reconcile(known) != ids


def test_a_space_that_vanishes_under_our_hands_is_looked_for_again(bench):
    space = a_space(bench)
    step = bench.connector.diff(a_tenant(), bench.connector.observe(a_tenant()))[0]
    trash(bench, space["id"])

    with pytest.raises(TryLater) as caught:
        bench.connector.apply(a_tenant(), step)

    assert caught.value.code == "moved"


def test_a_lie_about_a_write_is_noticed(bench):
    bench.fault("lie")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(a_tenant())

    assert caught.value.code == "not-converged"


@pytest.mark.parametrize("fault", ["down", "html", "truncate", "500", "503", "429"])
def test_a_broken_answer_changes_nothing(bench, fault):
    bench.reconcile(a_tenant())
    bench.forget()
    bench.fault(fault)

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant(plan="enterprise"))

    assert bench.writes() == []


def test_a_refused_app_token_is_never_repeated(bench):
    with pytest.raises(CredentialsRefused):
        connector_to(bench.url, token="wrong").observe(a_tenant())

    assert len(bench.reads()) == 1
