"""Applications through the API, and the list of them that is not what it seems."""

from typing import Any

import pytest
import requests

from tests.unit.local.identity.stage import TIMEOUT, Provider
from tests.unit.local.identity.wishes import an_application


def slugs(provider: Provider, **asked: str) -> list[str]:
    found = provider.api("GET", "/core/applications/", params=asked).json()["results"]
    return [application["slug"] for application in found]


@pytest.mark.parametrize("path", ["/providers/oauth2/99/", "/core/applications/nothing/"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown_keys_are_404(provider: Provider, method: str, path: str):
    assert provider.api(method, path, json={}).status_code == 404


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"slug": "dezky-portal"}, {"slug": ["Application with this slug already exists."]}),
        ({"provider": 2}, {"provider": ["Application with this provider already exists."]}),
        ({"provider": 99}, {"provider": ['Invalid pk "99" - object does not exist.']}),
        ({"policy_engine_mode": "some"}, {"policy_engine_mode": ['"some" is not a valid choice.']}),
        ({"meta_launch_url": "somewhere"}, {"meta_launch_url": ["Enter a valid URL."]}),
    ],
)
def test_an_application_that_makes_no_sense_is_refused(
    provider: Provider, changed: dict[str, Any], complaint: dict[str, Any]
):
    answer = provider.api("POST", "/core/applications/", json={"name": "Mail", "slug": "mail", **changed})

    assert (answer.status_code, answer.json()) == (400, complaint)


@pytest.mark.parametrize(
    "slug", ["authorize", "token", "device", "userinfo", "introspect", "revoke", "with space", "a/b", "é", ""]
)
def test_reserved_and_malformed_slugs_are_refused(provider: Provider, slug: str):
    answer = provider.api("POST", "/core/applications/", json={"name": "Mail", "slug": slug})

    assert answer.status_code == 400
    assert list(answer.json()) == ["slug"]


def test_an_application_is_changed_and_deleted_with_its_bindings_and_without_its_provider(provider: Provider):
    before = provider.api("GET", "/core/applications/dezky-operator/").json()

    changed = provider.api("PATCH", "/core/applications/dezky-operator/", json={"name": "Staff"}).json()
    deleted = provider.api("DELETE", "/core/applications/dezky-operator/")

    assert (changed["name"], changed["pk"]) == ("Staff", before["pk"])
    assert deleted.status_code == 204
    assert provider.api("GET", "/policies/bindings/").json()["results"] == []
    assert provider.api("GET", f"/providers/oauth2/{before['provider']}/").status_code == 200


def test_the_full_list_is_the_truth_and_filters_work(provider: Provider):
    assert slugs(provider, superuser_full_list="true") == ["dezky-operator", "dezky-portal"]
    assert slugs(provider, superuser_full_list="true", slug="dezky-operator") == ["dezky-operator"]
    assert slugs(provider, superuser_full_list="true", name="Dezky portal") == ["dezky-portal"]


def test_the_plain_list_shows_only_what_the_caller_may_open(provider: Provider):
    assert slugs(provider) == ["dezky-portal"]


def test_the_plain_list_answers_filters_with_what_it_showed_before(provider: Provider):
    slugs(provider)

    lied = provider.api("GET", "/core/applications/", params={"slug": "nothing"}).json()

    assert [application["slug"] for application in lied["results"]] == ["dezky-portal"]
    assert lied["pagination"]["count"] == 0


def test_a_search_or_a_new_application_gets_past_the_stale_list(provider: Provider):
    slugs(provider)

    searched = slugs(provider, search="nothing")
    an_application(provider)

    assert searched == []
    assert slugs(provider) == ["dezky-portal", "mail"]


def test_the_stale_list_can_be_switched_off(provider: Provider):
    requests.post(f"{provider.url}/_switches", json={"stale-application-list": False}, timeout=TIMEOUT)
    slugs(provider)

    assert slugs(provider, slug="nothing") == []
