"""User: a person, who they are at an issuer, and where they belong."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from chalicelib.domain.model import Model

Role = Literal["member", "admin", "owner"]
ROLES: tuple[Role, ...] = get_args(Role)  # weakest first


class Membership(Model):
    """`active` is the person's own state in this tenant; suspending the tenant never touches it."""

    tenant_id: str
    role: Role
    active: bool = True
    since: datetime


class User(Model):
    """A person as one issuer knows them; the same person at another issuer is another user.

    issuer       whose sign-in this is; of an invited user: whose sign-in may claim it
    subject      None until the first sign-in claims the invitation
    email        lower case and verified by the issuer, or the address that was invited
    """

    id: str
    issuer: str
    subject: str | None = None
    email: str | None = None
    name: str = ""
    platform_admin: bool = False
    active: bool = True
    memberships: tuple[Membership, ...] = ()
    last_sign_in_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @property
    def home(self) -> str | None:
        """The tenant that decides whether the person may sign in at all: the first they belonged to."""
        return self.memberships[0].tenant_id if self.memberships else None

    @property
    def is_invited(self) -> bool:
        return self.subject is None

    def membership_of(self, tenant_id: str) -> Membership | None:
        return next((each for each in self.memberships if each.tenant_id == tenant_id), None)

    def is_expected(self, tenant_id: str, known_until: datetime | None) -> bool:
        """Is the account of this invited member still to be made? `known_until` is the tenant's."""
        membership = self.membership_of(tenant_id)
        if membership is None or known_until is None or not self.is_invited:
            return False
        return membership.active and self.active and membership.since >= known_until

    def changed(self, at: datetime, **update: object) -> User:
        return self.with_(**update, version=self.version + 1, updated_at=at)

    def with_membership(self, at: datetime, membership: Membership) -> User:
        """The same user, belonging to that tenant in exactly this way. Their home stays what it was."""
        if self.membership_of(membership.tenant_id) is None:
            return self.changed(at, memberships=(*self.memberships, membership))
        kept = (each if each.tenant_id != membership.tenant_id else membership for each in self.memberships)
        return self.changed(at, memberships=tuple(kept))

    def without_membership(self, at: datetime, tenant_id: str) -> User:
        return self.changed(
            at, memberships=tuple(each for each in self.memberships if each.tenant_id != tenant_id)
        )


def at_least(role: Role, needed: Role) -> bool:
    """Does `role` include the rights of `needed`?"""
    return ROLES.index(role) >= ROLES.index(needed)
