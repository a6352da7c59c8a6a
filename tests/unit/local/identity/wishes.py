"""Things to create through the API, in which only the interesting field is spelled out."""

from typing import Any

from infra.local.identity.fixtures import AUTHORIZATION_FLOW, INVALIDATION_FLOW, flow_key
from tests.unit.local.identity.stage import Provider

MISSING = "00000000-0000-4000-8000-000000000000"
MAIL_CALLBACK = "https://mail.example/callback"


def a_group(provider: Provider, **body: Any) -> dict[str, Any]:
    answer = provider.api("POST", "/core/groups/", json={"name": "dezky-t-acme", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def a_user(provider: Provider, **body: Any) -> dict[str, Any]:
    wish = {"username": "ann@acme.test", "name": "Ann", "email": "ann@acme.test", **body}
    answer = provider.api("POST", "/core/users/", json=wish)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def found(provider: Provider, path: str, /, **asked: Any) -> list[Any]:
    return list(provider.api("GET", path, params=asked).json()["results"])


def a_provider_wish(**changed: Any) -> dict[str, Any]:
    return {
        "name": "mail",
        "authorization_flow": flow_key(AUTHORIZATION_FLOW),
        "invalidation_flow": flow_key(INVALIDATION_FLOW),
        "redirect_uris": [{"matching_mode": "strict", "url": MAIL_CALLBACK}],
        "grant_types": ["authorization_code", "refresh_token"],
        **changed,
    }


def created(provider: Provider, path: str, wish: dict[str, Any]) -> dict[str, Any]:
    answer = provider.api("POST", path, json=wish)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def an_application(provider: Provider, /, slug: str = "mail", **body: Any) -> dict[str, Any]:
    return created(provider, "/core/applications/", {"name": slug.title(), "slug": slug, **body})


def a_provider(provider: Provider, **changed: Any) -> dict[str, Any]:
    return created(provider, "/providers/oauth2/", a_provider_wish(**changed))
