import contextlib
from collections.abc import Iterator

from flask import jsonify

from infra.local.emulators.manners import PRETEND
from tests.unit.local.emulators.emulator_clients import JMAP_GET, switch_on


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
