"""What every resource of the API does alike: credentials, encodings, pages, filters, and faults."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.unit.local.identity.stage import TIMEOUT, App, Provider

COLLECTIONS = [
    "/core/groups/",
    "/core/users/",
    "/core/applications/",
    "/providers/oauth2/",
    "/policies/bindings/",
    "/core/authenticated_sessions/",
    "/flows/instances/",
    "/propertymappings/provider/scope/",
    "/crypto/certificatekeypairs/",
]


def many(provider: Provider, count: int) -> None:
    for number in range(count):
        provider.world.groups.create({"name": f"group-{number:03}"})


@pytest.mark.parametrize("path", COLLECTIONS)
def test_every_collection_answers_in_the_same_envelope(provider: Provider, path: str):
    answer = provider.api("GET", path)

    assert answer.status_code == 200
    assert set(answer.json()) == {"pagination", "results", "autocomplete"}


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ({}, "Authentication credentials were not provided."),
        ({"Authorization": "Basic abc"}, "Authentication credentials were not provided."),
        ({"Authorization": "Bearer wrong"}, "Token invalid/expired"),
        ({"Authorization": "Bearer "}, "Token invalid/expired"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_bad_credential_is_403_and_never_401(
    provider: Provider, method: str, header: dict[str, str], detail: str
):
    address = f"{provider.url}/api/v3/core/groups/"

    answer = requests.request(method, address, headers=header, timeout=TIMEOUT)

    assert (answer.status_code, answer.json()) == (403, {"detail": detail})
    assert "WWW-Authenticate" not in answer.headers


def test_a_person_is_not_a_service(portal: App):
    token = portal.tokens()["access_token"]

    answer = portal.provider.api("GET", "/core/groups/", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/core/groups", "/core/users/1", "/core/nothing/", "/"])
def test_a_path_without_its_slash_is_a_plain_html_404(provider: Provider, path: str):
    answer = provider.api("GET", path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/core/groups/"),
        ("DELETE", "/core/users/"),
        ("GET", "/core/transactional/applications/"),
        ("POST", "/flows/instances/"),
        ("GET", "/core/authenticated_sessions/bulk_delete/"),
    ],
)
def test_another_method_is_405(provider: Provider, method: str, path: str):
    answer = provider.api(method, path)

    assert (answer.status_code, answer.json()) == (405, {"detail": f'Method "{method}" not allowed.'})


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{not json", "application/json", 400),
        (b"name=acme", "application/x-www-form-urlencoded", 415),
        (b'{"name": "acme"}', "text/plain", 415),
        (b"[]", "application/json", 400),
        (b'"acme"', "application/json", 400),
        (b"null", "application/json", 400),
        (b"", "application/json", 400),
    ],
)
def test_only_a_json_object_is_understood(provider: Provider, body: bytes, kind: str, status: int):
    answer = provider.api("POST", "/core/groups/", data=body, headers={"Content-Type": kind})

    assert answer.status_code == status
    assert len(provider.world.groups.rows) == 1


@pytest.mark.parametrize(
    ("asked", "shown", "pages"),
    [({}, 20, 6), ({"page_size": "50"}, 50, 3), ({"page_size": "500"}, 100, 2), ({"page_size": "0"}, 20, 6)],
)
def test_a_page_has_twenty_rows_and_never_more_than_a_hundred(
    provider: Provider, asked: dict[str, str], shown: int, pages: int
):
    many(provider, 100)  # and the operators' group

    found = provider.api("GET", "/core/groups/", params=asked).json()

    assert len(found["results"]) == shown
    assert found["pagination"]["total_pages"] == pages
    assert found["pagination"]["count"] == 101


def test_next_and_previous_are_page_numbers_and_zero_at_the_ends(provider: Provider):
    many(provider, 20)

    first, last = (
        provider.api("GET", "/core/groups/", params={"page": page}).json()["pagination"] for page in (1, 2)
    )

    assert first == {
        "next": 2,
        "previous": 0,
        "count": 21,
        "current": 1,
        "total_pages": 2,
        "start_index": 1,
        "end_index": 20,
    }
    assert last == {
        "next": 0,
        "previous": 1,
        "count": 21,
        "current": 2,
        "total_pages": 2,
        "start_index": 21,
        "end_index": 21,
    }


def test_all_pages_together_show_everything_once(provider: Provider):
    many(provider, 45)

    names = []
    for page in (1, 2, 3):
        found = provider.api("GET", "/core/groups/", params={"page": page}).json()
        names += [group["name"] for group in found["results"]]

    assert len(names) == len(set(names)) == 46
    assert names == sorted(names)


@pytest.mark.parametrize("page", ["2", "0", "-1", "x"])
def test_a_page_that_is_not_there_is_404(provider: Provider, page: str):
    answer = provider.api("GET", "/core/groups/", params={"page": page})

    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


def test_an_unknown_parameter_is_ignored_and_the_list_is_whole(provider: Provider):
    found = provider.api("GET", "/core/users/", params={"usernames": "owner@acme.test"}).json()

    assert found["pagination"]["count"] == 4


def test_search_looks_for_every_word_in_any_case(provider: Provider):
    found = provider.api("GET", "/core/users/", params={"search": "ACME owner"}).json()

    assert [user["username"] for user in found["results"]] == ["owner@acme.test"]


def test_ordering_can_be_asked_and_turned_round(provider: Provider):
    asked = {"ordering": "-username"}

    names = [user["username"] for user in provider.api("GET", "/core/users/", params=asked).json()["results"]]

    assert names == sorted(names, reverse=True)


def test_faults_strike_the_api_and_leave_people_alone(portal: App):
    provider = portal.provider
    requests.post(f"{provider.url}/_faults", json={"fault": "503"}, timeout=TIMEOUT)

    answer = provider.api("GET", "/core/groups/")

    assert answer.status_code == 503
    assert "access_token" in portal.tokens()


def test_a_lost_answer_has_happened_all_the_same(provider: Provider):
    requests.post(
        f"{provider.url}/_faults", json={"fault": "drop-after-commit", "method": "POST"}, timeout=TIMEOUT
    )

    with pytest.raises(requests.ConnectionError):
        provider.api("POST", "/core/groups/", json={"name": "acme"})

    assert provider.api("GET", "/core/groups/", params={"name": "acme"}).json()["pagination"]["count"] == 1


def test_a_lie_answers_like_the_vendor_and_does_nothing(provider: Provider):
    requests.post(f"{provider.url}/_faults", json={"fault": "lie", "times": 1}, timeout=TIMEOUT)

    lie = provider.api("POST", "/core/groups/", json={"name": "acme"})

    assert lie.status_code == 201
    assert lie.json()["name"] == "acme"
    assert provider.api("GET", "/core/groups/", params={"name": "acme"}).json()["results"] == []


def test_the_journal_keeps_no_token_of_the_people_who_sign_in(portal: App):
    code = portal.code()

    journal = requests.get(f"{portal.provider.url}/_requests", timeout=TIMEOUT).text

    assert "/application/o/authorize/" in journal
    assert code not in journal
    assert "the-state" not in journal


def test_what_the_api_stored_survives_a_restart_and_keys_go_on(
    start: Callable[..., Provider], tmp_path: Path
):
    before = start(tmp_path / "identity.json")
    first = before.api("POST", "/core/groups/", json={"name": "first"}).json()
    before.server.stop()

    after = start(tmp_path / "identity.json")
    second = after.api("POST", "/core/groups/", json={"name": "second"}).json()

    assert after.api("GET", f"/core/groups/{first['pk']}/").json() == first
    assert second["pk"] != first["pk"]


def test_two_fresh_worlds_give_the_same_keys(start: Callable[..., Provider]):
    keys = [start().api("POST", "/core/groups/", json={"name": "acme"}).json()["pk"] for _ in range(2)]

    assert keys[0] == keys[1]
