import time

import pytest

from infra.local.emulators.manners import ConnectionDropped
from tests.unit.local.emulators.emulator_clients import JMAP_GET, JMAP_SET, journal, switch_on


@pytest.mark.parametrize("kind", ["down", "drop-before-commit"])
def test_a_connection_dropped_before_the_commit_changes_nothing(app, vendor, kind):
    switch_on(vendor, kind)

    with pytest.raises(ConnectionDropped):
        vendor.post("/names", json={"name": "globex"})

    assert app.config["names"] == ["acme"]
    assert journal(vendor)[0]["status"] is None


def test_a_connection_dropped_after_the_commit_has_changed_something(app, vendor):
    switch_on(vendor, "drop-after-commit")

    with pytest.raises(ConnectionError):
        vendor.post("/names", json={"name": "globex"})

    assert app.config["names"] == ["acme", "globex"]


@pytest.mark.parametrize("kind", ["429", "500", "503"])
def test_an_error_that_was_switched_on_is_answered_without_doing_anything(app, vendor, kind):
    switch_on(vendor, kind, seconds=30)

    answer = vendor.post("/names", json={"name": "globex"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (int(kind), "30")
    assert app.config["names"] == ["acme"]


def test_an_error_without_seconds_has_no_retry_after(vendor):
    switch_on(vendor, "429")

    assert "Retry-After" not in vendor.get("/names").headers


def test_a_slow_vendor_answers_late_but_answers(vendor):
    switch_on(vendor, "slow", seconds=0.05)

    before = time.monotonic()
    answer = vendor.get("/names")

    assert answer.status_code == 200
    assert time.monotonic() - before >= 0.05


def test_slowness_and_another_fault_add_up(vendor):
    switch_on(vendor, "slow", seconds=0)
    switch_on(vendor, "503")

    assert vendor.get("/names").status_code == 503


def test_a_fault_strikes_as_often_as_asked(vendor):
    switch_on(vendor, "500", times=2)

    assert [vendor.get("/names").status_code for _ in range(3)] == [500, 500, 200]
    assert vendor.get("/_faults").json == {"faults": []}


def test_a_fault_strikes_only_the_method_and_path_it_names(vendor):
    switch_on(vendor, "500", method="POST", path="^/names$")

    assert vendor.get("/names").status_code == 200
    assert vendor.post("/jmap", json=JMAP_GET).status_code == 200
    assert vendor.post("/names", json={"name": "globex"}).status_code == 500


def test_a_fault_may_name_a_jmap_method(vendor):
    switch_on(vendor, "500", call="Domain/set")

    assert vendor.post("/jmap", json=JMAP_GET).status_code == 200
    assert vendor.post("/jmap", json=JMAP_SET).status_code == 500


def test_faults_are_listed_and_cleared_one_by_one_or_all(vendor):
    first, second = switch_on(vendor, "down", path="x", times=3), switch_on(vendor, "503")

    assert vendor.get("/_faults").json["faults"][0] == {"id": first, "fault": "down", "path": "x", "times": 3}
    vendor.delete(f"/_faults?id={second}")
    assert vendor.get("/names").status_code == 200
    vendor.delete("/_faults")
    assert vendor.get("/_faults").json == {"faults": []}


@pytest.mark.parametrize(
    "nonsense",
    [
        {"fault": "explode"},
        {"fault": 429},
        {},
        [],
        {"fault": "down", "colour": "red"},
        {"fault": "down", "seconds": 1},
        {"fault": "slow", "seconds": -1},
        {"fault": "slow", "seconds": "1"},
        {"fault": "down", "times": 0},
        {"fault": "down", "times": True},
        {"fault": "down", "path": "("},
        {"fault": "down", "path": 1},
        {"fault": "down", "method": "get"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(vendor, nonsense):
    answer = vendor.post("/_faults", json=nonsense)

    assert answer.status_code == 422
    assert answer.json["error"]
    assert vendor.get("/_faults").json == {"faults": []}
