"""The world in process, without HTTP: what a simulation uses."""

import json
from pathlib import Path

import pytest

from infra.local.identity.api import Api, Call
from infra.local.identity.query import query
from infra.local.identity.refusals import RefusedError
from infra.local.identity.sessions import Browser
from infra.local.identity.world import World
from tests.unit.local.identity.stage import Clock, settings


@pytest.fixture
def world() -> World:
    return World(settings(), Clock())


def test_resources_are_plain_objects(world: World):
    group = world.groups.create({"name": "dezky-t-acme"})

    found = world.groups.list(query(name="dezky-t-acme"))["results"]

    assert [row["pk"] for row in found] == [group["pk"]]


def test_a_refusal_carries_the_vendor_s_status_and_body(world: World):
    world.groups.create({"name": "dezky-t-acme"})

    with pytest.raises(RefusedError) as refused:
        world.groups.create({"name": "dezky-t-acme"})

    assert refused.value.status == 400
    assert refused.value.body == {"name": ["Group with this name already exists."]}


def test_calls_are_answered_without_a_server(world: World):
    api = Api(world)

    created = api.answer(Call("POST", "/core/groups/", body={"name": "dezky-t-acme"}))
    again = api.answer(Call("POST", "/core/groups/", body={"name": "dezky-t-acme"}))
    found = api.answer(Call("GET", "/core/groups/", query(name="dezky-t-acme")))

    assert created is not None
    assert created[0] == 201
    assert again == (400, {"name": ["Group with this name already exists."]})
    assert found is not None
    assert found[1]["results"] == [created[1]]
    assert api.answer(Call("GET", "/core/groups")) is None


def test_what_a_caller_does_to_an_answer_does_not_reach_the_world(world: World):
    attributes = {"list": [1]}
    answer = world.groups.create({"name": "dezky-t-acme", "attributes": attributes})

    attributes["list"].append(2)

    assert world.groups.read(answer["pk"])["attributes"] == {"list": [1]}


def test_the_state_is_json_and_a_world_goes_on_from_it(tmp_path: Path):
    first = World(settings(state=tmp_path / "state.json"), Clock())
    with first.changing():
        group = first.groups.create({"name": "dezky-t-acme"})

    second = World(settings(state=tmp_path / "state.json"), Clock())

    assert json.loads((tmp_path / "state.json").read_text()) == second.state
    assert second.groups.read(group["pk"]) == group


def test_the_portals_addresses_follow_the_settings(tmp_path: Path):
    World(settings(state=tmp_path / "state.json"), Clock())

    moved = settings(
        state=tmp_path / "state.json", public_url="http://localhost:9900", access_token_minutes=7
    )
    provider = World(moved, Clock()).providers.of_client("dezky-portal")

    assert provider is not None
    assert provider["redirect_uris"][0]["url"].startswith("http://localhost:9900/")
    assert provider["access_token_validity"] == "minutes=7"


def test_pretending_undoes_everything(world: World):
    before = json.dumps(world.state)

    with world.pretending():
        world.groups.create({"name": "dezky-t-acme"})
        world.users.change("4", {"is_active": False})

    assert json.dumps(world.state) == before


def test_an_answer_can_be_changed_without_changing_the_world(world: World):
    api = Api(world)
    created = api.answer(Call("POST", "/core/groups/", body={"name": "a", "attributes": {"n": {"m": 1}}}))
    assert created is not None

    created[1]["attributes"]["n"]["m"] = 2

    assert world.groups.read(created[1]["pk"])["attributes"] == {"n": {"m": 1}}


def test_sessions_that_ran_out_are_forgotten_at_the_next_sign_in():
    clock = Clock()
    world = World(settings(), clock)
    user, browser = world.users.get("4"), Browser("", "127.0.0.1")
    old, _ = world.sessions.open(user, browser)
    clock.now += 12 * 3600

    new, _ = world.sessions.open(user, browser)

    assert list(world.sessions.rows) == [new["uuid"]]
    assert old["uuid"] != new["uuid"]
