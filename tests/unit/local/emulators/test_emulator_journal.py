import pytest

from infra.local.emulators.journal import Arrival, Journal
from infra.local.emulators.manners import ConnectionDropped
from tests.unit.local.emulators.emulator_clients import JMAP_GET, JMAP_SET, an_app, journal, switch_on


def test_unguarded_paths_and_the_emulators_own_are_never_struck():
    vendor = an_app(unguarded=("/oauth/",)).test_client()
    switch_on(vendor, "down")

    assert vendor.get("/oauth/keys").status_code == 200
    assert vendor.get("/_faults").status_code == 200
    with pytest.raises(ConnectionDropped):
        vendor.get("/names")


def test_the_journal_tells_writes_from_reads_and_holds_no_body(vendor):
    vendor.get("/names?page=2")
    vendor.post("/names", json={"name": "secret-name"}, headers={"Authorization": "Bearer secret-token"})

    first, second = journal(vendor)

    assert first == {
        "sequence": 1,
        "method": "GET",
        "path": "/names?page=2",
        "calls": [],
        "status": 200,
        "kind": "read",
        "fault": None,
    }
    assert (second["sequence"], second["status"], second["kind"]) == (2, 201, "write")
    assert "secret" not in str([first, second])


def test_a_jmap_request_is_a_write_only_through_a_set(vendor):
    vendor.post("/jmap", json=JMAP_GET)
    vendor.post("/jmap", json=JMAP_SET)

    read, write = journal(vendor)

    assert (read["kind"], read["calls"]) == ("read", ["x:Domain/query", "x:Domain/get"])
    assert (write["kind"], write["calls"]) == ("write", ["x:Domain/get", "x:Domain/set"])


@pytest.mark.parametrize("body", ['{"methodCalls"', '{"methodCalls": 1}', '{"methodCalls": [[]]}'])
def test_what_only_looks_like_jmap_counts_as_a_write(vendor, body):
    vendor.post("/jmap", data=body)

    assert (journal(vendor)[0]["kind"], journal(vendor)[0]["calls"]) == ("write", [])


def test_the_journal_can_be_narrowed_and_forgotten_but_never_starts_over(vendor):
    vendor.get("/names")
    vendor.delete("/names")

    assert [entry["method"] for entry in journal(vendor, "?kind=write")] == ["DELETE"]
    assert [entry["sequence"] for entry in journal(vendor, "?after=1")] == [2]
    vendor.delete("/_requests")
    vendor.get("/names")
    assert [entry["sequence"] for entry in journal(vendor)] == [3]


def test_the_journal_notes_unguarded_paths_without_their_query():
    vendor = an_app(unguarded=("/oauth/",)).test_client()

    vendor.get("/oauth/keys?id_token_hint=secret")

    assert [entry["path"] for entry in journal(vendor)] == ["/oauth/keys"]


def test_the_journal_keeps_the_last_ten_thousand(vendor):
    entries = Journal()
    for _ in range(10_001):
        entries.add(Arrival("GET", "/"), 200)

    assert (len(entries.entries()), entries.entries()[0]["sequence"]) == (10_000, 2)


def test_a_fault_is_named_beside_the_request_it_struck(vendor):
    switch_on(vendor, "503", times=1)

    vendor.get("/names")
    vendor.get("/names")

    assert [entry["fault"] for entry in journal(vendor)] == ["503", None]
