"""The tenant's project space is shared with its group, and with nobody else by us."""

from collections.abc import Iterator

import pytest

from chalicelib.errors import TryLater
from tests.builders import a_wanted
from tests.contract.connectors.ocis_bench import EDITOR, GROUPS, VIEWER, OcisBench, ocis_bench

ROOTS = "/graph/v1beta1/drives"


@pytest.fixture
def bench() -> Iterator[OcisBench]:
    with ocis_bench() as bench:
        yield bench


def test_the_group_may_edit_the_space(bench):
    bench.reconcile(a_wanted())

    assert bench.grants()[f"g:{bench.group_of()}"] == EDITOR


def test_a_share_that_was_taken_away_comes_back(bench):
    bench.reconcile(a_wanted())
    path = f"{ROOTS}/{bench.spaces()[0]['id']}/root/permissions/g:{bench.group_of()}"
    assert bench.ask("DELETE", path).status_code == 204
    bench.forget()

    bench.reconcile(a_wanted())

    assert bench.grants()[f"g:{bench.group_of()}"] == EDITOR
    assert len(bench.writes()) == 1


def test_a_share_that_was_narrowed_is_widened_again(bench):
    bench.reconcile(a_wanted())
    path = f"{ROOTS}/{bench.spaces()[0]['id']}/root/permissions/g:{bench.group_of()}"
    assert bench.ask("PATCH", path, json={"roles": [VIEWER]}).status_code == 200
    bench.forget()

    bench.reconcile(a_wanted())

    assert bench.grants()[f"g:{bench.group_of()}"] == EDITOR
    assert len(bench.writes()) == 1


def test_a_group_that_was_deleted_by_hand_gets_its_share_back(bench):
    bench.reconcile(a_wanted())
    bench.ask("DELETE", f"{GROUPS}/dezky-t-acme")

    bench.reconcile(a_wanted())

    assert bench.grants()[f"g:{bench.group_of()}"] == EDITOR


def test_others_who_were_invited_into_the_space_stay(bench):
    bench.reconcile(a_wanted())
    stranger = bench.make_user("eve", mail="eve@elsewhere.test")
    recipient = {"objectId": stranger["id"], "@libre.graph.recipient.type": "user"}
    invitation = {"recipients": [recipient], "roles": [VIEWER]}
    path = f"{ROOTS}/{bench.spaces()[0]['id']}/root/invite"
    assert bench.ask("POST", path, json=invitation).status_code == 200
    bench.forget()

    bench.reconcile(a_wanted())

    assert bench.grants()[f"u:{stranger['id']}"] == VIEWER
    assert bench.writes() == []


def test_a_space_is_shared_with_no_group_that_has_vanished(bench):
    goal = a_wanted()
    steps = bench.connector.diff(goal, bench.connector.observe(goal))
    for step in steps[:2]:
        bench.connector.apply(goal, step)
    bench.ask("DELETE", f"{GROUPS}/dezky-t-acme")

    with pytest.raises(TryLater) as caught:
        bench.connector.apply(goal, steps[2])

    assert (steps[2].action, caught.value.code) == ("share-space", "moved")


def test_neither_of_two_spaces_that_come_up_at_once_is_shared(bench):
    goal = a_wanted()
    steps = bench.connector.diff(goal, bench.connector.observe(goal))
    for step in steps[:2]:
        bench.connector.apply(goal, step)
    bench.make_space()
    bench.forget()

    with pytest.raises(TryLater):
        bench.connector.apply(goal, steps[2])

    assert bench.writes() == []
