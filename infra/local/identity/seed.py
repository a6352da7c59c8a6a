"""What is there the first time: the two portals, the operators' group, four people."""

from typing import TYPE_CHECKING

from infra.local.identity.fields import Record
from infra.local.identity.fixtures import (
    AUTHORIZATION_FLOW,
    INVALIDATION_FLOW,
    SCOPES,
    flow_key,
    key_pair_key,
    scope_key,
)

if TYPE_CHECKING:
    from infra.local.identity.world import World

ADMINS = "dezky-platform-admins"
PASSWORD = "dezky-demo"  # noqa: S105 (a demo account on a laptop; the start-up table prints it)
PORTALS = {"dezky-operator": "Dezky operator portal", "dezky-portal": "Dezky portal"}
TERMINAL = "/if/signed-in/"  # where sign_in.py has itself sent: at the provider, so that no code leaves it
STAFF = {"operator@dezky.local": "Olivia Operator", "support@dezky.local": "Sam Support"}
CUSTOMERS = {"owner@acme.test": "Alma Owner", "member@acme.test": "Malik Member"}


def plant(world: "World") -> None:
    """Fill an empty world."""
    admins = world.groups.create({"name": ADMINS})["pk"]
    for address, name in STAFF.items():
        _person(world, {"username": address, "name": name, "groups": [admins]})
    # Marked as acme's, so that reconciling the tenant of that name adopts them.
    theirs = {"path": "dezky/acme", "attributes": {"dezky_tenant": "acme"}}
    for address, name in CUSTOMERS.items():
        _person(world, {"username": address, "name": name, **theirs})
    for slug, name in PORTALS.items():
        _portal(world, slug, name)
    operator = world.applications.get("dezky-operator")["pk"]
    world.bindings.create({"target": operator, "group": admins, "order": 0})


def follow(world: "World") -> None:
    """Addresses move with the ports, so the portals' own follow the settings at every start."""
    settings = world.settings
    for slug in PORTALS:
        provider = world.providers.of_client(slug)
        if provider is None:
            continue
        provider["redirect_uris"] = redirect_uris(world, slug)
        provider["logout_uri"] = settings.back_channel_logout.get(slug, "")
        provider["access_token_validity"] = f"minutes={settings.access_token_minutes}"
        application = world.applications.of_provider(provider)
        pages = settings.post_logout_redirect_uris.get(slug)
        if application is not None and pages:
            application["meta_launch_url"] = pages[0]


def redirect_uris(world: "World", slug: str) -> list[Record]:
    settings = world.settings
    kinds = {"authorization": settings.redirect_uris, "logout": settings.post_logout_redirect_uris}
    terminal = f"{settings.public_url}{TERMINAL}"
    return [
        {"matching_mode": "strict", "url": terminal, "redirect_uri_type": "authorization"},
    ] + [
        {"matching_mode": "strict", "url": url, "redirect_uri_type": kind}
        for kind, by_slug in kinds.items()
        for url in by_slug.get(slug, ())
    ]


def _person(world: "World", details: Record) -> None:
    user = world.users.create({**details, "email": details["username"]})
    world.users.set_password(str(user["pk"]), {"password": PASSWORD})


def _portal(world: "World", slug: str, name: str) -> None:
    provider = world.providers.create(
        {
            "name": name,
            "authorization_flow": flow_key(AUTHORIZATION_FLOW),
            "invalidation_flow": flow_key(INVALIDATION_FLOW),
            "property_mappings": [scope_key(scope) for scope in SCOPES],
            "redirect_uris": redirect_uris(world, slug),
            "grant_types": ["authorization_code", "refresh_token"],
            "client_id": slug,
            "client_secret": f"{slug}-local-secret",
            "signing_key": key_pair_key(),
        }
    )
    world.applications.create({"name": name, "slug": slug, "provider": provider["pk"]})
