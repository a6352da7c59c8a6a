from functools import cache

import pytest

from chalicelib.errors import CredentialsRefused, TryLater
from tests.builders import NOON, a_person, a_wanted
from tests.contract.connectors.stalwart_bench import (
    a_mailbox,
    a_stalwart,
    change,
    connector_to,
    everything,
    known,
    mailboxes,
    may,
    names,
    sabotage,
    seen,
)

ADA = a_person("ada@acme.test", name="Ada")
BO = a_person("bo@acme.test", name="Bo")
BOTH = ("acme.test", "old.test")
CROWD = (ADA, BO, a_person("eve@old.test", name="Eve"))
CHANGES = {  # from a tenant of BOTH domains with CROWD, to what each kind of write makes of it
    "create": a_wanted(*CROWD, a_person("new@acme.test"), domains=(*BOTH, "new.test")),
    "change": a_wanted(*CROWD, domains=BOTH, plan="business"),
    "lock": a_wanted(ADA, BO.with_(active=False), CROWD[2], domains=BOTH),
    "suspend": a_wanted(*CROWD, domains=BOTH, lifecycle="suspended"),
    "terminate": a_wanted(*CROWD, domains=BOTH, lifecycle="terminated"),
    "remove-person": a_wanted(ADA, CROWD[2], domains=BOTH),
    "remove-domain": a_wanted(ADA, BO),
    "purge": a_wanted(*CROWD, domains=BOTH, lifecycle="terminated", purging_since=NOON),
}
WRITES = {
    "x:Domain/set": ("create", "remove-domain", "purge"),
    "x:Account/set": tuple(CHANGES),
    "x:DkimSignature/set": ("remove-domain", "purge"),
}
EACH_WRITE = [(call, name) for call, changes in WRITES.items() for name in changes]


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


@pytest.fixture
def crowd(bench):
    """A bench where everything is in order; the ids that the look wrote down."""
    ids = bench.reconcile(a_wanted(*CROWD, domains=BOTH))
    everything(bench)  # DKIM keys are there by now
    bench.forget()
    return ids


@cache
def result_of(name):
    """What the change makes of the crowd where nothing ever fails."""
    with a_stalwart() as undisturbed:
        undisturbed.reconcile(a_wanted(*CROWD, domains=BOTH))
        undisturbed.reconcile(CHANGES[name])
        return seen(undisturbed)


def failure_of(bench, tenant):
    with pytest.raises(TryLater) as caught:
        bench.reconcile(tenant)
    return caught.value.code


@pytest.mark.parametrize("fault", ["drop-after-commit", "drop-before-commit", "500"])
@pytest.mark.parametrize(("call", "name"), EACH_WRITE)
def test_int_07_a_lost_answer_to_any_write_is_made_good_without_a_twin(bench, crowd, fault, call, name):
    bench.fault(fault, call=call, times=1)

    failure_of(bench, CHANGES[name])
    bench.reconcile(CHANGES[name])

    assert seen(bench) == result_of(name)
    bench.forget()
    bench.reconcile(CHANGES[name])
    assert bench.writes() == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        *(("down", "no-answer"), ("truncate", "no-answer"), ("500", "server-error")),
        *(
            ("503", "server-error"),
            ("429", "busy"),
            ("html", "unexpected-answer"),
            ("empty-list", "unexpected-answer"),
        ),
    ],
)
@pytest.mark.parametrize("name", CHANGES)
def test_int_09_a_broken_answer_changes_nothing(bench, crowd, name, fault, code):
    before = everything(bench)
    bench.fault(fault)

    found = failure_of(bench, known(CHANGES[name], crowd))
    bench.heal()

    assert found == code
    assert bench.writes() == []
    assert everything(bench) == before


@pytest.mark.parametrize("name", ["create", "change", "lock", "suspend", "terminate", "remove-person"])
def test_int_10_an_empty_list_removes_and_locks_nothing_even_when_no_ids_are_known(bench, crowd, name):
    before = everything(bench)
    bench.fault("empty-list")

    failure_of(bench, CHANGES[name])
    bench.heal()

    after = everything(bench)
    assert {key: after["Account"][key] for key in before["Account"]} == before["Account"]
    assert set(after["Domain"]) >= set(before["Domain"])


@pytest.mark.parametrize("name", ["remove-domain", "purge"])
def test_mailboxes_that_a_list_hides_keep_their_domain(bench, crowd, name):
    before = everything(bench)
    bench.fault("empty-list", call="x:Account")

    failure_of(bench, CHANGES[name])
    bench.heal()

    assert everything(bench) == before


@pytest.mark.parametrize("name", CHANGES)
def test_a_lie_about_a_write_is_noticed(bench, crowd, name):
    bench.fault("lie")

    assert failure_of(bench, CHANGES[name]) in {"not-converged", "moved"}


def test_que_09_a_list_that_lies_once_is_corrected_by_the_conflict(bench, crowd):
    before = everything(bench)
    bench.fault("empty-list", times=1)

    assert bench.reconcile(a_wanted(*CROWD, domains=BOTH)) == crowd
    assert everything(bench) == before


def test_mailboxes_that_a_list_hid_are_adopted_as_they_are(bench, crowd):
    before = everything(bench)
    bench.fault("empty-list", call="x:Account", times=1)

    bench.reconcile(a_wanted(*CROWD, domains=BOTH))

    assert everything(bench) == before


def test_a_mailbox_that_was_hidden_and_differs_is_put_right_by_the_next_run(bench, crowd):
    change(bench, "ada@acme.test", description="Eve")
    bench.fault("empty-list", call="x:Account", times=1)

    assert failure_of(bench, a_wanted(*CROWD, domains=BOTH)) == "not-converged"
    bench.reconcile(a_wanted(*CROWD, domains=BOTH))

    assert mailboxes(bench)["ada@acme.test"]["description"] == "Ada"


def test_int_04_a_busy_server_is_asked_again_when_it_says(bench, crowd):
    bench.fault("429", seconds=77)

    with pytest.raises(TryLater) as caught:
        bench.reconcile(CHANGES["suspend"])

    assert (caught.value.code, caught.value.delay) == ("busy", 77)


def test_a_lock_that_got_lost_is_there_after_the_next_run(bench, crowd):
    bench.fault("drop-before-commit", call="x:Account/set", times=1)
    failure_of(bench, CHANGES["suspend"])
    assert "authenticate" in may(bench, "ada@acme.test")

    bench.reconcile(CHANGES["suspend"])

    assert may(bench, "ada@acme.test") == {"emailReceive"}


def test_a_mailbox_that_comes_during_a_purge_goes_with_the_next_run(bench, crowd):
    bench.fault("drop-after-commit", call="x:Account/set", times=1)
    failure_of(bench, CHANGES["purge"])
    a_mailbox(bench, "late@acme.test")

    bench.reconcile(CHANGES["purge"])

    assert seen(bench) == ([], {})


def test_que_18_a_domain_that_vanishes_by_hand_during_a_purge_is_done(bench, crowd):
    for each in mailboxes(bench).values():
        sabotage(bench, "delete", "Account", name=each["name"])
    sabotage(bench, "delete", "Domain", name="old.test")

    assert bench.reconcile(known(CHANGES["purge"], crowd)) == {}
    assert names(bench) == []


def test_int_01_a_refused_key_is_never_repeated(bench):
    with pytest.raises(CredentialsRefused):
        connector_to(bench.url, key="wrong").observe(a_wanted())

    assert len(bench.reads()) == 1
