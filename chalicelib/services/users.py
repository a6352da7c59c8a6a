"""Users as operators see them: everyone, at every issuer."""

from __future__ import annotations

from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import ChangeUser
from chalicelib.domain.filters import UserFilter
from chalicelib.domain.names import email_address
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import User
from chalicelib.errors import ImpossibleMove, LastPlatformAdmin, PreconditionFailed, UserNotFound
from chalicelib.services.means import Means

COMMAND = "command"  # the surface of what is done from a shell


class Users:
    def __init__(self, means: Means) -> None:
        self._users = means.users
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._new_id = means.new_id
        self._operator_issuer = means.operator_issuer

    def list(self, narrowed: UserFilter, request: PageRequest) -> tuple[Page[User], dict[str, int]]:
        return self._users.page(narrowed, request), self._users.counts(narrowed)

    def get(self, user_id: str) -> User:
        """Raises UserNotFound."""
        user = self._users.find(user_id)
        if user is None:
            raise UserNotFound
        return user

    def tenants_of(self, user: User) -> dict[str, Tenant]:
        """Every tenant of the user's memberships that there is still something of, by id."""
        found = self._tenants.find_many([each.tenant_id for each in user.memberships])
        return {tenant.id: tenant for tenant in found}

    def change(self, actor: Actor, user_id: str, wish: ChangeUser, if_version: int | None = None) -> User:
        """Raises UserNotFound, PreconditionFailed, ImpossibleMove, LastPlatformAdmin, ConcurrentChange."""
        before = self.get(user_id)
        if if_version not in {None, before.version}:
            raise PreconditionFailed
        after = before.changed(self._clock(), **wish.given())
        if after.platform_admin and after.issuer != self._operator_issuer:
            raise ImpossibleMove("Only users of the operator application can be platform admins")

        def work() -> None:
            self._check_admin_left(before, after)
            self._users.save(after, before)
            self._records.user(actor, "user.change", before, after)
            if before.active != after.active:
                self._touch_tenants(after)

        self._unit.run(work)
        return after

    def grant_operator(self, email: str) -> User:
        """Make that person a platform admin; safe to repeat. Called by a command, never by the API.

        Raises   ValueError for what is no e-mail address
        """
        address = email_address(email)
        known = self._users.by_email(self._operator_issuer, address)
        return self._granted(known) if known else self._invited(address)

    def _granted(self, known: User) -> User:
        granted = known.changed(self._clock(), platform_admin=True, active=True)
        self._unit.run(lambda: self._save_by_command(granted, known))
        return granted

    def _invited(self, address: str) -> User:
        now = self._clock()
        invited = User(
            id=self._new_id(),
            issuer=self._operator_issuer,
            email=address,
            platform_admin=True,
            created_at=now,
            updated_at=now,
        )
        self._unit.run(lambda: self._save_by_command(invited, None))
        return invited

    def _save_by_command(self, after: User, before: User | None) -> None:
        if before:
            self._users.save(after, before)
        else:
            self._users.add(after)
        self._records.user(Actor(after, COMMAND, is_operator=True), "user.grant", before, after)

    def _check_admin_left(self, before: User, after: User) -> None:
        was, stays = before.platform_admin and before.active, after.platform_admin and after.active
        if was and not stays and not self._users.other_platform_admin_exists(than=before.id):
            raise LastPlatformAdmin

    def _touch_tenants(self, user: User) -> None:
        """Whether a person may sign in is desired state of each tenant that they belong to."""
        for tenant in self._tenants.find_many([each.tenant_id for each in user.memberships]):
            if tenant.lifecycle != "terminated":
                self._tenants.save(tenant.changed(self._clock()), tenant)
                self._records.look_soon(tenant, "user.change")
