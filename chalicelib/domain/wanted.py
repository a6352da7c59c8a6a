"""Wanted: a tenant with its people, as every integration should hold it."""

from __future__ import annotations

from chalicelib.domain.model import Model
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import Role, User


class Person(Model):
    """A member as the integrations know them.

    id        our own; Authentik keeps it as the marker `dezky_user`
    address   the mail address in lower case: the name of the account everywhere
    active    the person's own state, whatever becomes of the tenant
    home      this tenant decides whether the person may sign in; in any other tenant of theirs they
              are a guest: a member of its groups, and nothing else of theirs is touched
    """

    id: str
    address: str
    name: str
    role: Role = "member"
    active: bool = True
    home: bool = True


class Wanted(Tenant):
    """
    may_remove_many   a person has seen exactly what would be removed: the guard against mass removals lets it
    """

    people: tuple[Person, ...] = ()
    may_remove_many: bool = False

    def may_sign_in(self, person: Person) -> bool:
        return self.lifecycle == "active" and person.active

    def is_mail_account(self, person: Person) -> bool:
        """Only addresses in the tenant's own domains have a mailbox here."""
        return person.home and person.address.rpartition("@")[2] in self.domains


def wanted(tenant: Tenant, people: tuple[Person, ...], *, may_remove_many: bool = False) -> Wanted:
    """A domain that nobody has proven to own is no part of it yet."""
    owned = tenant.with_(domains=tenant.owned_domains)
    return Wanted.model_construct(**dict(owned), people=people, may_remove_many=may_remove_many)


def person_of(user: User, tenant_id: str) -> Person | None:
    """The member of that tenant; None for somebody without an address, whom no integration could name."""
    membership = user.membership_of(tenant_id)
    if membership is None or user.email is None:
        return None
    return Person(
        id=user.id,
        address=user.email,
        name=user.name or user.email,
        role=membership.role,
        active=membership.active and user.active,
        home=user.home == tenant_id,
    )
