"""Application, provider and bindings in one request: all or nothing."""

from typing import Any

import pytest

from tests.unit.local.identity.stage import Provider
from tests.unit.local.identity.wishes import MISSING, a_provider_wish

MODEL = "authentik_providers_oauth2.oauth2provider"
THERE_ALREADY = ["State is set to must_created and object exists already"]


def a_whole(group: str, **changed: Any) -> dict[str, Any]:
    return {
        "app": {"name": "Mail", "slug": "mail"},
        "provider_model": MODEL,
        "provider": a_provider_wish(),
        "policy_bindings": [{"group": group, "order": 0}],
        **changed,
    }


@pytest.fixture
def group(provider: Provider) -> str:
    return str(provider.api("GET", "/core/groups/").json()["results"][0]["pk"])


def test_the_transaction_creates_all_three(provider: Provider, group: str):
    answer = provider.api("PUT", "/core/transactional/applications/", json=a_whole(group))

    application = provider.api("GET", "/core/applications/mail/").json()
    bindings = provider.api("GET", "/policies/bindings/", params={"target": application["pk"]}).json()
    assert (answer.status_code, answer.json()) == (200, {"applied": True, "logs": []})
    assert application["provider_obj"]["name"] == "mail"
    assert [binding["group"] for binding in bindings["results"]] == [group]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"provider": a_provider_wish(name="Dezky portal")}, {"provider": {"name": THERE_ALREADY}}),
        ({"app": {"name": "Mail", "slug": "dezky-portal"}}, {"app": {"slug": THERE_ALREADY}}),
        ({"app": {"slug": "mail"}}, {"app": {"name": ["This field is required."]}}),
        ({"policy_bindings": [{"group": None, "order": 0}]}, None),
        ({"policy_bindings": [{"order": 0, "group": MISSING}]}, None),
        ({"provider_model": "authentik_providers_ldap.ldapprovider"}, None),
        ({"provider": {}}, None),
    ],
)
def test_a_transaction_that_is_refused_leaves_nothing_behind(
    provider: Provider, group: str, changed: dict[str, Any], complaint: dict[str, Any] | None
):
    answer = provider.api("PUT", "/core/transactional/applications/", json=a_whole(group, **changed))

    assert answer.status_code == 400
    assert complaint is None or answer.json() == complaint
    assert provider.api("GET", "/core/applications/mail/").status_code == 404
    assert provider.api("GET", "/providers/oauth2/", params={"name": "mail"}).json()["results"] == []
    assert len(provider.world.bindings.rows) == 1
