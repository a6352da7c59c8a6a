"""Members: the users of one tenant and their roles."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import ChangeMember, InviteMember, Owner
from chalicelib.domain.filters import MemberCounts, UserFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import Membership, Role, User, at_least
from chalicelib.errors import (
    AlreadyExists,
    LastOwner,
    NoSeatLeft,
    PreconditionFailed,
    RoleRequired,
    UserNotFound,
)
from chalicelib.services.means import Means


class Members:
    def __init__(self, means: Means) -> None:
        self._users = means.users
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._new_id = means.new_id
        self._customer_issuer = means.customer_issuer

    def list(self, tenant: Tenant, search: str | None, request: PageRequest) -> Page[User]:
        return self._users.page(UserFilter(tenant_id=tenant.id, search=search), request)

    def counts(self, tenant: Tenant) -> MemberCounts:
        return self._users.member_counts(tenant.id, tenant.known_until)

    def get(self, tenant: Tenant, user_id: str) -> User:
        """Raises UserNotFound for a user of another tenant, too."""
        user = self._users.find(user_id)
        if user is None or user.membership_of(tenant.id) is None:
            raise UserNotFound
        return user

    def found(self, actor: Actor, tenant: Tenant, owner: Owner | None) -> None:
        """The first owner, in the transaction that makes the tenant: who is named, or else the customer."""
        if owner:
            self._add(actor, tenant, InviteMember(email=owner.email, name=owner.name, role="owner"))
        elif not actor.is_operator:
            self._join(actor, tenant, actor.user, "owner")

    def invite(self, actor: Actor, tenant: Tenant, wish: InviteMember) -> User:
        """Raises AlreadyExists for a member, RoleRequired for a role above the actor's own, NoSeatLeft."""
        self.check_reach(actor, tenant, wish.role)

        def work() -> User:
            stored = self._touch(tenant)
            added = self._add(actor, tenant, wish)
            self._check_seats(stored)
            return added

        return self._unit.run(work)

    def invite_all(self, actor: Actor, tenant: Tenant, wishes: Sequence[InviteMember]) -> None:
        """The same for many, in the caller's transaction; none of them is a member, each role is in reach.

        Raises   NoSeatLeft, ImpossibleMove, ConcurrentChange
        """
        if not wishes:
            return
        stored = self._touch(tenant)
        known = self._users.by_emails(self._customer_issuer, [each.email for each in wishes])
        for wish in wishes:
            if wish.email in known:
                self._join(actor, tenant, known[wish.email], wish.role, look=False)
        self._invite_new(actor, tenant, [each for each in wishes if each.email not in known])
        self._check_seats(stored)
        self._records.look_soon(tenant, "member.import")

    def change(
        self, actor: Actor, tenant: Tenant, user_id: str, wish: ChangeMember, if_version: int | None = None
    ) -> User:
        """Raises UserNotFound, PreconditionFailed, RoleRequired, LastOwner, NoSeatLeft, ConcurrentChange."""
        before, membership = self._reachable(actor, tenant, user_id)
        if if_version not in {None, before.version}:
            raise PreconditionFailed
        newer = membership.with_(**wish.given())
        self.check_reach(actor, tenant, newer.role)
        after = before.with_membership(self._clock(), newer)
        return self._save(actor, tenant, "member.change", before, after)

    def remove(self, actor: Actor, tenant: Tenant, user_id: str) -> None:
        """Raises UserNotFound, RoleRequired, LastOwner, ConcurrentChange."""
        before, _ = self._reachable(actor, tenant, user_id)
        after = before.without_membership(self._clock(), tenant.id)
        self._save(actor, tenant, "member.remove", before, after)

    def reachable(self, actor: Actor, tenant: Tenant, user_id: str) -> User:
        """A member whom the actor may change. Raises UserNotFound, RoleRequired."""
        return self._reachable(actor, tenant, user_id)[0]

    def check_reach(self, actor: Actor, tenant: Tenant, role: Role) -> None:
        """Nobody gives, changes or takes a role above their own; operators reach all of them.

        Raises   RoleRequired
        """
        own = actor.user.membership_of(tenant.id)
        if not actor.is_operator and (own is None or not at_least(own.role, role)):
            raise RoleRequired(f"Only an {role} can do this")

    def _save(self, actor: Actor, tenant: Tenant, action: str, before: User, after: User) -> User:
        def work() -> User:
            stored = self._touch(tenant)
            if _is_owner(before, tenant) and not _is_owner(after, tenant):
                self._check_other_owner(tenant, before)
            self._users.save(after, before)
            if _has_seat(after, tenant) and not _has_seat(before, tenant):
                self._check_seats(stored)
            self._records.user(actor, action, before, after, tenant)
            self._touch_new_home(before, after)
            return after

        return self._unit.run(work)

    def _touch_new_home(self, before: User, after: User) -> None:
        """Who leaves their home is at home in the next of their tenants: it has to let them in again."""
        home = self._tenants.find(after.home) if after.home and after.home != before.home else None
        if home and home.lifecycle != "terminated":
            self._tenants.save(home.changed(self._clock()), home)
            self._records.look_soon(home, "member.home")

    def _check_seats(self, tenant: Tenant) -> None:
        """After the write: whoever is one too many takes it back with them."""
        allowance = tenant.allowance
        if allowance and self._users.seats_taken(tenant.id) > allowance.seats:
            raise NoSeatLeft(allowance.seats)

    def _touch(self, tenant: Tenant) -> Tenant:
        """Members are desired state: a new generation. It also serialises changes of one tenant's members."""
        stored = self._tenants.find(tenant.id) or tenant
        stored.check_move("change")
        return self._tenants.save(stored.changed(self._clock()), stored)

    def _add(self, actor: Actor, tenant: Tenant, wish: InviteMember) -> User:
        """The customer with that address joins; nobody has it yet: an invitation waits for them."""
        known = self._users.by_email(self._customer_issuer, wish.email)
        if known:
            return self._join(actor, tenant, known, wish.role)
        invited = self._invited(tenant, wish)
        self._users.add(invited)
        self._records.user(actor, "member.invite", None, invited, tenant)
        return invited

    def _invite_new(self, actor: Actor, tenant: Tenant, wishes: Sequence[InviteMember]) -> None:
        invited = [self._invited(tenant, each) for each in wishes]
        self._users.add_all(invited)
        for each in invited:
            self._records.user(actor, "member.invite", None, each, tenant, look=False)

    def _invited(self, tenant: Tenant, wish: InviteMember) -> User:
        now = self._clock()
        return User(
            id=self._new_id(),
            issuer=self._customer_issuer,
            email=wish.email,
            name=wish.name or "",
            memberships=(Membership(tenant_id=tenant.id, role=wish.role, since=now),),
            created_at=now,
            updated_at=now,
        )

    def _join(self, actor: Actor, tenant: Tenant, user: User, role: Role, *, look: bool = True) -> User:
        if user.membership_of(tenant.id):
            raise AlreadyExists("Member", user.email or user.name)
        now = self._clock()
        joined = user.with_membership(now, Membership(tenant_id=tenant.id, role=role, since=now))
        self._users.save(joined, user)
        self._records.user(actor, "member.join", user, joined, tenant, look=look)
        return joined

    def _reachable(self, actor: Actor, tenant: Tenant, user_id: str) -> tuple[User, Membership]:
        user = self.get(tenant, user_id)
        membership = user.membership_of(tenant.id)
        if membership is None:
            raise UserNotFound
        self.check_reach(actor, tenant, membership.role)
        return user, membership

    def _check_other_owner(self, tenant: Tenant, user: User) -> None:
        if not self._users.other_owner_exists(tenant.id, than=user.id):
            raise LastOwner


def _is_owner(user: User, tenant: Tenant) -> bool:
    membership = user.membership_of(tenant.id)
    return membership is not None and membership.role == "owner" and membership.active


def _has_seat(user: User, tenant: Tenant) -> bool:
    membership = user.membership_of(tenant.id)
    return membership is not None and membership.active
