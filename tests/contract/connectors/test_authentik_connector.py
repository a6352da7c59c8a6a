from collections.abc import Iterator

import pytest
import requests

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from infra.local.emulators.server import serve
from infra.local.identity.app import create_app
from infra.local.identity.settings import IdentitySettings
from tests.builders import a_tenant
from tests.contract.connectors.conftest import TIMEOUT, Bench

TOKEN = "a-token-for-tests"
GROUPS = "/core/groups/"


def connector_to(url: str, token: str = TOKEN) -> AuthentikConnector:
    patience = Patience(connect=1, read=1, total=3)
    return AuthentikConnector(Authentik(Api(endpoint(url, token), patience, sleep=lambda _: None)))


@pytest.fixture
def bench() -> Iterator[Bench]:
    with serve(create_app(IdentitySettings("http://localhost:9000", TOKEN, None, {})), port=0) as server:

        def ask(method, path, **more):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            return requests.request(
                method, f"{server.url}/api/v3{path}", headers=headers, timeout=TIMEOUT, **more
            )

        bench = Bench(server.url, connector_to(server.url), ask)
        bench.forget()
        yield bench


def groups(bench, name="dezky-t-acme"):
    return bench.ask("GET", GROUPS, params={"name": name}).json()["results"]


def a_group(bench, name="dezky-t-acme", **more):
    answer = bench.ask("POST", GROUPS, json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    bench.forget()
    return answer.json()


def test_a_new_tenant_gets_a_group_that_knows_it(bench):
    tenant = a_tenant(domains=("acme.test", "acme.example"), plan="business")

    ids = bench.reconcile(tenant)

    (group,) = groups(bench)
    assert ids == {"group": group["pk"]}
    assert group["is_superuser"] is False
    assert group["attributes"] == {
        "dezky_tenant": "acme",
        "dezky_domains": ["acme.test", "acme.example"],
        "dezky_plan": "business",
        "dezky_status": "active",
    }


def test_the_second_look_sends_no_write(bench):
    tenant = a_tenant()
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 1


@pytest.mark.parametrize("lifecycle", ["suspended", "terminated"])
def test_the_group_says_what_became_of_the_tenant(bench, lifecycle):
    bench.reconcile(a_tenant())

    bench.reconcile(a_tenant(lifecycle=lifecycle))

    (group,) = groups(bench)
    assert group["attributes"]["dezky_status"] == lifecycle


def test_keys_of_others_are_kept(bench):
    a_group(bench, attributes={"dezky_tenant": "acme", "dezky_plan": "starter", "seen_by": {"crm": [1]}})

    bench.reconcile(a_tenant(plan="enterprise"))

    (group,) = groups(bench)
    assert group["attributes"]["seen_by"] == {"crm": [1]}
    assert group["attributes"]["dezky_plan"] == "enterprise"
    assert [entry["method"] for entry in bench.writes()] == ["PATCH"]


def test_superuser_rights_given_by_hand_are_taken_back(bench):
    bench.reconcile(a_tenant())
    bench.ask("PATCH", f"{GROUPS}{groups(bench)[0]['pk']}/", json={"is_superuser": True})

    bench.reconcile(a_tenant())

    assert groups(bench)[0]["is_superuser"] is False


def test_a_group_removed_by_hand_comes_back(bench):
    bench.reconcile(a_tenant())
    bench.ask("DELETE", f"{GROUPS}{groups(bench)[0]['pk']}/")

    bench.reconcile(a_tenant())

    assert len(groups(bench)) == 1


@pytest.mark.parametrize("attributes", [{}, {"dezky_tenant": "acme-2"}, {"dezky_tenant": ["acme"]}])
def test_a_foreign_group_of_our_name_is_never_touched(bench, attributes):
    before = a_group(bench, attributes=attributes)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(a_tenant())

    assert caught.value.code == "name-conflict"
    assert bench.writes() == []
    assert groups(bench)[0]["attributes"] == before["attributes"]


def test_members_and_groups_of_others_are_left_alone(bench):
    other = a_group(bench, "dezky-t-acme-2", attributes={"dezky_tenant": "acme-2"})

    bench.reconcile(a_tenant())

    assert bench.ask("GET", f"{GROUPS}{other['pk']}/").json() == other


def test_a_lost_answer_after_the_commit_leads_to_no_twin(bench):
    bench.fault("drop-after-commit", method="POST", times=1)

    with pytest.raises(TryLater) as caught:
        bench.reconcile(a_tenant())
    bench.reconcile(a_tenant())

    assert caught.value.code == "no-answer"
    assert len(groups(bench)) == 1
    assert [entry["method"] for entry in bench.writes()] == ["POST"]


def test_a_lost_answer_before_the_commit_is_made_good(bench):
    bench.fault("drop-before-commit", method="POST", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant())
    bench.reconcile(a_tenant())

    assert len(groups(bench)) == 1


def test_a_group_that_appears_between_look_and_creation_is_adopted(bench):
    bench.reconcile(a_tenant())
    bench.fault("empty-list", method="GET", times=1)

    ids = bench.reconcile(a_tenant())

    assert ids == {"group": groups(bench)[0]["pk"]}
    assert [entry["status"] for entry in bench.writes()] == [201, 400]


def test_a_foreign_group_that_appears_between_look_and_creation_is_not(bench):
    a_group(bench)
    bench.fault("empty-list", method="GET", times=1)

    with pytest.raises(NeedsPerson):
        bench.reconcile(a_tenant())

    assert groups(bench)[0]["attributes"] == {}


def test_a_list_that_stays_empty_is_not_believed(bench):
    before = a_group(bench, attributes={"dezky_tenant": "acme"})
    bench.fault("empty-list", method="GET")

    with pytest.raises(TryLater):
        bench.reconcile(a_tenant())
    bench.heal()

    assert groups(bench) == [before]


def test_a_lie_about_a_write_is_noticed(bench):
    bench.fault("lie", method="POST")

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


def test_a_refused_token_is_told_apart_and_never_repeated(bench):
    with pytest.raises(CredentialsRefused):
        connector_to(bench.url, token="wrong").observe(a_tenant())

    assert len(bench.reads()) == 1
