"""Values for tests: every field has a sensible default, so that a test spells out only what matters."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from chalicelib.auth.principal import Principal
from chalicelib.domain.actor import Actor
from chalicelib.domain.partner import Partner
from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus, Provisioning
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import Membership, User
from chalicelib.domain.wanted import Person, Wanted, wanted

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OPERATOR_ISSUER = "http://localhost:9000/application/o/dezky-operator/"
CUSTOMER_ISSUER = "http://localhost:9000/application/o/dezky-portal/"

_numbers = itertools.count(1)


def an_id() -> str:
    return f"{next(_numbers):032x}"


def a_tenant(**given: object) -> Tenant:
    fields = {"id": an_id(), "slug": "acme", "name": "Acme", "domains": ("acme.test",)}
    return Tenant(**{**fields, "created_at": NOON, "updated_at": NOON, **given})


def a_person(address: str = "ada@acme.test", **given: object) -> Person:
    return Person(**{"id": an_id(), "address": address, "name": "Ada", **given})


def a_wanted(*people: Person, **given: object) -> Wanted:
    """A tenant with its people, as a connector gets it."""
    return wanted(a_tenant(**given), people)


def all_ok(generation: int = 1) -> Provisioning:
    status = IntegrationStatus(state="ok", observed_generation=generation, last_success_at=NOON)
    return Provisioning(**dict.fromkeys(INTEGRATIONS, status))


def an_active_tenant(**given: object) -> Tenant:
    return a_tenant(**{"provisioning": all_ok(), "activated_at": NOON, **given})


def a_partner(**given: object) -> Partner:
    fields = {"id": an_id(), "slug": "nordic", "name": "Nordic", "domain": "nordic.test"}
    return Partner(**{**fields, "created_at": NOON, "updated_at": NOON, **given})


def a_user(**given: object) -> User:
    number = next(_numbers)
    fields = {
        "id": an_id(),
        "issuer": CUSTOMER_ISSUER,
        "subject": f"subject-{number}",
        "email": f"user{number}@acme.test",
        "name": "Ada",
    }
    return User(**{**fields, "created_at": NOON, "updated_at": NOON, **given})


def a_membership(tenant: Tenant, role: str = "member", **given: object) -> Membership:
    return Membership(**{"tenant_id": tenant.id, "role": role, "since": NOON, **given})


def an_operator(**given: object) -> User:
    return a_user(**{"issuer": OPERATOR_ISSUER, "platform_admin": True, **given})


def an_actor(user: User | None = None, **given: object) -> Actor:
    fields = {"user": user or an_operator(), "audience": "dezky-operator", "is_operator": True}
    return Actor(**{**fields, "request_id": "request-1", **given})


def a_principal(**given: object) -> Principal:
    fields = {"issuer": CUSTOMER_ISSUER, "subject": "subject-1", "audience": "dezky-portal"}
    fields |= {
        "email": "ada@acme.test",
        "name": "Ada",
        "expires_at": 4_000_000_000,
        "signed_in_at": 1_700_000_000,
    }
    return Principal(**{**fields, **given})
