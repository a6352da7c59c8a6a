import contextlib
import time
from collections.abc import Iterator

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient

from infra.local.emulators.journal import Arrival, Journal
from infra.local.emulators.manners import PRETEND, ConnectionDropped, add_manners

JMAP_SET = {"using": [], "methodCalls": [["x:Domain/get", {}, "a"], ["x:Domain/set", {}, "b"]]}
JMAP_GET = {"using": [], "methodCalls": [["x:Domain/query", {}, "a"], ["x:Domain/get", {}, "b"]]}


def an_app(unguarded: tuple[str, ...] = ()) -> Flask:
    """A vendor that keeps names; `app.config["names"]` is what it holds."""
    app = Flask("vendor")
    app.config["names"] = ["acme"]

    @app.get("/names")
    def names():
        return jsonify(results=app.config["names"], pagination={"count": 1, "next": 0})

    @app.post("/names")
    def add_name():
        app.config["names"].append(request.get_json()["name"])
        return jsonify(id="7"), 201

    @app.delete("/names")
    def forget():
        app.config["names"].clear()
        return "", 204

    @app.get("/oauth/keys")
    def keys():
        return jsonify(keys=[])

    @app.post("/jmap")
    def jmap():
        result = {"ids": ["a"], "list": [{"id": "a"}], "total": 1}
        return jsonify(methodResponses=[["x:Domain/get", result, "0"]], sessionState="0")

    add_manners(app, unguarded=unguarded)
    return app


@pytest.fixture
def app() -> Flask:
    return an_app()


@pytest.fixture
def vendor(app: Flask) -> FlaskClient:
    return app.test_client()


def switch_on(vendor: FlaskClient, fault: str, **more: object) -> str:
    answer = vendor.post("/_faults", json={"fault": fault, **more})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def journal(vendor: FlaskClient, query: str = "") -> list[dict]:
    return vendor.get(f"/_requests{query}").json["requests"]


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


def test_an_empty_list_hides_what_is_there_and_keeps_writes_whole(app, vendor):
    switch_on(vendor, "empty-list")

    listed, written = vendor.get("/names").json, vendor.post("/names", json={"name": "globex"})

    assert (listed["results"], listed["pagination"]["count"]) == ([], 0)
    assert (written.status_code, app.config["names"]) == (201, ["acme", "globex"])


def test_an_empty_list_reaches_into_jmap_answers(vendor):
    switch_on(vendor, "empty-list")

    answer = vendor.post("/jmap", json=JMAP_GET).json

    assert answer["methodResponses"] == [["x:Domain/get", {"ids": [], "list": [], "total": 0}, "0"]]
    assert answer["sessionState"] == "0"


def test_a_lie_sounds_like_success_and_does_nothing(app, vendor):
    switch_on(vendor, "lie")

    created, deleted = vendor.post("/names", json={"name": "globex"}), vendor.delete("/names")

    assert (created.status_code, created.json["name"]) == (201, "globex")
    assert deleted.status_code == 204
    assert vendor.get("/names").json["results"] == ["acme"]


def test_a_lie_is_word_for_word_the_vendors_when_the_app_can_undo(app, vendor):
    @contextlib.contextmanager
    def undone() -> Iterator[None]:
        before = list(app.config["names"])
        yield
        app.config["names"] = before

    app.extensions[PRETEND] = undone
    switch_on(vendor, "lie")

    assert vendor.post("/names", json={"name": "globex"}).json == {"id": "7"}
    assert app.config["names"] == ["acme"]


def test_a_lie_about_a_body_that_is_no_json_is_told_all_the_same(vendor):
    switch_on(vendor, "lie")

    assert vendor.post("/names", data="{").json == {"id": "0", "pk": 0}


def test_answers_that_hold_no_list_stay_as_they_are(vendor):
    switch_on(vendor, "empty-list")

    assert vendor.get("/nowhere").status_code == 404
    assert vendor.get("/oauth/keys").json == {"keys": []}


def test_a_bare_list_is_emptied_too(app, vendor):
    app.add_url_rule("/bare", view_func=lambda: jsonify([1, 2]))
    switch_on(vendor, "empty-list")

    assert vendor.get("/bare").json == []


def test_a_proxys_page_is_html_with_a_success_status(app, vendor):
    switch_on(vendor, "html")

    answer = vendor.post("/names", json={"name": "globex"})

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert app.config["names"] == ["acme"]


def test_a_truncated_answer_promises_more_than_it_sends(vendor):
    switch_on(vendor, "truncate")

    answer = vendor.get("/names")

    assert len(answer.data) < int(answer.headers["Content-Length"])


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
