import pytest

from chalicelib.errors import CredentialsRefused, TryLater
from tests.builders import a_tenant
from tests.contract.connectors.stalwart_bench import a_stalwart, connector_to, names, objects


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


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

    assert bench.reconcile(a_tenant())["domains"].startswith("acme.test=")


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
