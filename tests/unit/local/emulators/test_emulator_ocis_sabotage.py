import pytest

from infra.local.emulators.ocis import OcisSettings, create_app
from tests.unit.local.emulators.emulator_clients import NAME, PUBLIC, SETTINGS, TOKEN, Files


def test_everything_survives_a_restart_and_ids_go_on(tmp_path):
    settings = OcisSettings(NAME, TOKEN, PUBLIC, tmp_path / "ocis.json")
    first = Files(create_app(settings))
    user, group, space = first.user(), first.group(), first.space()
    first.invite(space, group)

    second = Files(create_app(settings))

    for path in (f"/v1.0/users/{user}", f"/v1.0/groups/{group}", f"/v1.0/drives/{space}"):
        assert second.get(path).json == first.get(path).json
    assert len(second.values(f"/v1beta1/drives/{space}/root/permissions")) == 2
    assert second.user("eve") not in {user, group}


def test_ids_are_the_same_in_every_run(files):
    assert files.user() == Files(create_app(SETTINGS)).user()


def test_a_lie_answers_like_the_server_and_changes_nothing(files):
    files.http.post("/_faults", json={"fault": "lie", "times": 1})

    answer = files.send("POST", "/v1.0/drives", {"name": "Acme"})

    assert (answer.status_code, answer.json["name"]) == (201, "Acme")
    assert files.values("/v1.0/drives") == []


def test_somebody_may_act_behind_our_back(files):
    user, group, space = files.user(), files.group(), files.space(description="dezky:acme")
    files.invite(space, group)

    assert files.sabotage(deed="rename", kind="group", id=group, to="evil").json == {"id": group}
    files.sabotage(deed="remove-marker", kind="space", name="Acme")
    files.sabotage(deed="change", kind="user", name="ada", change={"accountEnabled": False})
    twin = files.sabotage(deed="create", kind="space", object={"name": "Acme"}).json["id"]
    files.sabotage(deed="trash", kind="space", id=twin)

    assert files.get("/v1.0/groups/evil").json["id"] == group
    assert "description" not in files.get(f"/v1.0/drives/{space}").json
    assert files.get(f"/v1.0/users/{user}").json["accountEnabled"] is False
    assert "deleted" in files.get(f"/v1.0/drives/{twin}").json["root"]
    for kind, identity in (("group", group), ("user", user), ("space", twin)):
        files.sabotage(deed="delete", kind=kind, id=identity)
    counts = files.http.get("/_world").json["counts"]
    assert counts == {"users": 1, "groups": 0, "spaces": 1, "assignments": 1}
    assert len(files.values(f"/v1beta1/drives/{space}/root/permissions")) == 1


@pytest.mark.parametrize(
    "deed",
    [
        {},
        {"deed": "explode", "kind": "user"},
        {"deed": "delete", "kind": "planet"},
        {"deed": "delete", "kind": "user", "name": "nobody"},
        {"deed": "rename", "kind": "user", "name": NAME},
        {"deed": "change", "kind": "user", "name": NAME, "change": {"id": "x"}},
        {"deed": "create", "kind": "space", "object": {"name": "a/b"}},
        {"deed": "role", "to": "king"},
    ],
)
def test_sabotage_that_makes_no_sense_is_refused(files, deed):
    assert files.sabotage(**deed).status_code == 422


def test_the_dump_holds_no_secret(files):
    assert TOKEN not in files.http.get("/_world").text
