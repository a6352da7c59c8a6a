"""What our objects in Authentik are called, and what tells them from everybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.tenant import Tenant

TENANT = "dezky_tenant"  # the marker: without it nothing is changed, adopted or deleted
USER = "dezky_user"
STATUS = "dezky_status"
PURGE_AFTER = "dezky_purge_after"

Attributes = Mapping[str, Any]


def group_name(tenant: Tenant) -> str:
    return f"dezky-t-{tenant.slug}"


def user_path(tenant: Tenant) -> str:
    return f"dezky/{tenant.slug}"


def is_marked(tenant: Tenant, attributes: Attributes) -> bool:
    return bool(attributes.get(TENANT) == tenant.slug)


def group_attributes(tenant: Tenant, kept: Attributes) -> dict[str, Any]:
    """What the tenant's group has to say, in our own keys; those of others in `kept` stay as they are."""
    others = {key: value for key, value in kept.items() if key != PURGE_AFTER}
    until = {PURGE_AFTER: tenant.purge_after.isoformat()} if tenant.purge_after else {}
    return {
        **others,
        TENANT: tenant.slug,
        "dezky_domains": list(tenant.domains),
        "dezky_plan": tenant.plan,
        STATUS: tenant.lifecycle,
        **until,
    }


def user_attributes(tenant: Tenant, person_id: str, kept: Attributes) -> dict[str, Any]:
    return {**kept, TENANT: tenant.slug, USER: person_id}
