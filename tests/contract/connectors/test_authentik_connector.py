import pytest

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from tests.builders import NOON
from tests.contract.connectors.authentik_bench import (
    BROKEN,
    GROUPS,
    an_authentik,
    connector_to,
    nova,
)


@pytest.fixture
def bench():
    with an_authentik() as bench:
        yield bench


def groups(bench, name="dezky-t-nova"):
    return bench.ask("GET", GROUPS, params={"name": name}).json()["results"]


def a_group(bench, name="dezky-t-nova", **more):
    return bench.made(GROUPS, name=name, **more)


def test_a_new_tenant_gets_a_group_that_knows_it(bench):
    tenant = nova(domains=("nova.test", "nova.example"), plan="business")

    ids = bench.reconcile(tenant)

    (group,) = groups(bench)
    assert ids == {"group": group["pk"]}
    assert group["is_superuser"] is False
    assert group["attributes"] == {
        "dezky_tenant": "nova",
        "dezky_domains": ["nova.test", "nova.example"],
        "dezky_plan": "business",
        "dezky_status": "active",
    }


def test_que_15_the_second_look_sends_no_write(bench):
    tenant = nova()
    bench.reconcile(tenant)
    bench.forget()

    bench.reconcile(tenant)

    assert bench.writes() == []
    assert len(bench.reads()) == 2


@pytest.mark.parametrize("lifecycle", ["suspended", "terminated"])
def test_the_group_says_what_became_of_the_tenant(bench, lifecycle):
    bench.reconcile(nova())

    bench.reconcile(nova(lifecycle=lifecycle))

    (group,) = groups(bench)
    assert group["attributes"]["dezky_status"] == lifecycle


def test_the_group_says_until_when_a_terminated_tenant_can_be_restored(bench):
    bench.reconcile(nova(lifecycle="terminated", purge_after=NOON))
    terminated = groups(bench)[0]["attributes"]

    bench.reconcile(nova())

    assert terminated["dezky_purge_after"] == "2026-11-22T12:00:00+00:00"
    assert "dezky_purge_after" not in groups(bench)[0]["attributes"]


def test_keys_of_others_are_kept(bench):
    a_group(bench, attributes={"dezky_tenant": "nova", "dezky_plan": "starter", "seen_by": {"crm": [1]}})

    bench.reconcile(nova(plan="enterprise"))

    (group,) = groups(bench)
    assert group["attributes"]["seen_by"] == {"crm": [1]}
    assert group["attributes"]["dezky_plan"] == "enterprise"
    assert [entry["method"] for entry in bench.writes()] == ["PATCH"]


def test_int_17_superuser_rights_given_by_hand_are_taken_back(bench):
    bench.reconcile(nova())
    bench.ask("PATCH", f"{GROUPS}{groups(bench)[0]['pk']}/", json={"is_superuser": True})

    bench.reconcile(nova())

    assert groups(bench)[0]["is_superuser"] is False


def test_a_group_removed_by_hand_comes_back(bench):
    bench.reconcile(nova())
    bench.ask("DELETE", f"{GROUPS}{groups(bench)[0]['pk']}/")

    bench.reconcile(nova())

    assert len(groups(bench)) == 1


@pytest.mark.parametrize("attributes", [{}, {"dezky_tenant": "nova-2"}, {"dezky_tenant": ["nova"]}])
def test_int_03_a_foreign_group_of_our_name_is_never_touched(bench, attributes):
    before = a_group(bench, attributes=attributes)

    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(nova())

    assert caught.value.code == "name-conflict"
    assert bench.writes() == []
    assert groups(bench)[0]["attributes"] == before["attributes"]


def test_members_and_groups_of_others_are_left_alone(bench):
    other = a_group(bench, "dezky-t-nova-2", attributes={"dezky_tenant": "nova-2"})

    bench.reconcile(nova())

    assert bench.ask("GET", f"{GROUPS}{other['pk']}/").json() == other


def test_a_lost_answer_after_the_commit_leads_to_no_twin(bench):
    bench.fault("drop-after-commit", method="POST", times=1)

    with pytest.raises(TryLater) as caught:
        bench.reconcile(nova())
    bench.reconcile(nova())

    assert caught.value.code == "no-answer"
    assert len(groups(bench)) == 1
    assert [entry["method"] for entry in bench.writes()] == ["POST"]


def test_a_lost_answer_before_the_commit_is_made_good(bench):
    bench.fault("drop-before-commit", method="POST", times=1)

    with pytest.raises(TryLater):
        bench.reconcile(nova())
    bench.reconcile(nova())

    assert len(groups(bench)) == 1


def test_que_09_a_group_that_appears_between_look_and_creation_is_adopted(bench):
    bench.reconcile(nova())
    bench.fault("empty-list", method="GET", times=1)

    ids = bench.reconcile(nova())

    assert ids == {"group": groups(bench)[0]["pk"]}
    assert [entry["status"] for entry in bench.writes()] == [201, 400]


def test_int_03_a_foreign_group_that_appears_between_look_and_creation_is_not(bench):
    a_group(bench)
    bench.fault("empty-list", method="GET", times=1)

    with pytest.raises(NeedsPerson):
        bench.reconcile(nova())

    assert groups(bench)[0]["attributes"] == {}


def test_a_list_that_stays_empty_is_not_believed(bench):
    before = a_group(bench, attributes={"dezky_tenant": "nova"})
    bench.fault("empty-list", method="GET")

    with pytest.raises(TryLater):
        bench.reconcile(nova())
    bench.heal()

    assert groups(bench) == [before]


def test_a_lie_about_a_write_is_noticed(bench):
    bench.fault("lie", method="POST")

    with pytest.raises(TryLater) as caught:
        bench.reconcile(nova())

    assert caught.value.code == "not-converged"


@pytest.mark.parametrize("fault", BROKEN)
def test_int_09_a_broken_answer_changes_nothing(bench, fault):
    bench.reconcile(nova())
    bench.forget()
    bench.fault(fault)

    with pytest.raises(TryLater):
        bench.reconcile(nova(plan="enterprise"))

    assert bench.writes() == []


def test_int_01_a_refused_token_is_told_apart_and_never_repeated(bench):
    with pytest.raises(CredentialsRefused):
        connector_to(bench.url, token="wrong").observe(nova())

    assert len(bench.reads()) == 1
