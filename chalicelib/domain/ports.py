"""What services need from outside, named by role. `wiring` chooses what stands behind each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from chalicelib.domain.audit import AuditEvent
from chalicelib.domain.breaker import Breaker
from chalicelib.domain.filters import MemberCounts, PartnerFilter, TenantFilter, UserFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.partner import Business, Partner
from chalicelib.domain.plan import Plan
from chalicelib.domain.provisioning import Integration, Lease
from chalicelib.domain.run import Run, RunFilter
from chalicelib.domain.session import Session, SignOut, Tokens
from chalicelib.domain.tenant import Status, Tenant
from chalicelib.domain.user import User
from chalicelib.domain.wanted import Person

T = TypeVar("T")

Clock = Callable[[], datetime]  # aware, UTC, whole milliseconds: what MongoDB keeps
NewId = Callable[[], str]  # 32 hex digits, 122 random bits


class SignedIn(Protocol):
    """Who a verified token speaks for; `email` only when the issuer says that it is verified, else empty."""

    @property
    def issuer(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def signed_in_at(self) -> int: ...


class UnitOfWork(Protocol):
    """All writes inside `run` happen together or not at all; nested runs join the outer one."""

    def run(self, work: Callable[[], T]) -> T: ...

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call `then` once the outermost run has committed; at once when none is under way."""


class PartnerStore(Protocol):
    def add(self, partner: Partner) -> None:
        """Raises AlreadyExists for a taken slug."""

    def get(self, slug: str) -> Partner:
        """Raises PartnerNotFound."""

    def find(self, partner_id: str) -> Partner | None: ...

    def save(self, partner: Partner, as_read: Partner) -> None:
        """Store `partner` unless it changed since `as_read`: then ConcurrentChange."""

    def page(self, narrowed: PartnerFilter, request: PageRequest) -> Page[Partner]: ...

    def saying_farewell(self) -> tuple[Partner, ...]:
        """Terminated partners whose tenants have not all followed what was decided for them."""


class TenantStore(Protocol):
    def add(self, tenant: Tenant) -> None:
        """Raises AlreadyExists for a taken slug, DomainTaken for a domain of another live tenant."""

    def get(self, slug: str) -> Tenant:
        """Raises TenantNotFound."""

    def find(self, tenant_id: str) -> Tenant | None: ...

    def find_many(self, tenant_ids: Sequence[str]) -> tuple[Tenant, ...]:
        """In the order of their slugs; ids that are not there are left out."""

    def save(self, tenant: Tenant, as_read: Tenant) -> Tenant:
        """Store `tenant` unless anything about it changed since `as_read`.

        Returns  the tenant with its revision moved on by one
        Raises   ConcurrentChange, DomainTaken
        """

    def page(self, narrowed: TenantFilter, request: PageRequest) -> Page[Tenant]: ...

    def counts(self, narrowed: TenantFilter) -> dict[Status, int]:
        """Tenants by status for the same filter, its own status left aside."""

    def business(self, partner_ids: Sequence[str]) -> Mapping[str, Business]:
        """What each partner has in live tenants, in one aggregation; partners without any are left out."""

    def names(self, tenant_ids: Sequence[str]) -> Mapping[str, str]:
        """What tenants are called, by id."""

    def due(
        self, now: datetime, limit: int, after: str | None = None, shard: str | None = None
    ) -> Page[Tenant]:
        """Tenants of a shard, or of all, that want a look by `now`, longest waiting first.

        Pages follow until `next` is None.
        """

    def look_at_domains(self, tenant_id: str, at: datetime) -> None:
        """From then on its domains are due; a hint beside the tenant, which changes nothing of it."""

    def past_retention(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        """Terminated tenants that can no longer be restored and whose purge has not begun, oldest first."""


class UserStore(Protocol):
    def add(self, user: User) -> None:
        """Raises AlreadyExists for an e-mail address or identity that is taken at that issuer."""

    def add_all(self, users: Sequence[User]) -> None:
        """All of them, within a run; raises AlreadyExists for any that is taken."""

    def find(self, user_id: str) -> User | None: ...

    def by_identity(self, issuer: str, subject: str) -> User | None: ...

    def by_email(self, issuer: str, email: str) -> User | None: ...

    def by_emails(self, issuer: str, emails: Sequence[str]) -> dict[str, User]:
        """Those of them that are known, by address."""

    def save(self, user: User, as_read: User) -> None:
        """Store `user` unless it changed since `as_read`: then ConcurrentChange. Raises AlreadyExists."""

    def signed_in(self, user: User) -> None:
        """Store when the user last signed in, and the name that the issuer gave, and nothing else."""

    def page(self, narrowed: UserFilter, request: PageRequest) -> Page[User]: ...

    def counts(self, narrowed: UserFilter) -> dict[str, int]:
        """`active`, `inactive` and `platformAdmin` for the same filter."""

    def member_counts(self, tenant_id: str, known_until: datetime | None) -> MemberCounts:
        """Of everyone in the tenant. `known_until`: who was invited from then on has no account yet."""

    def seats_taken(self, tenant_id: str) -> int:
        """How many members and invitations are active in the tenant."""

    def other_owner_exists(self, tenant_id: str, than: str) -> bool:
        """Is there an active owner of the tenant besides that user id?"""

    def other_platform_admin_exists(self, than: str) -> bool:
        """Is there an active platform admin besides that user id?

        Inside a transaction, whoever asks at the same time waits or is repeated: two admins
        cannot take each other's rights.
        """


class Roster(Protocol):
    def people_of(self, tenant_id: str) -> tuple[Person, ...]:
        """All members that have an address, by address."""


class AuditTrail(Protocol):
    def add(self, event: AuditEvent) -> None: ...


class ReconcileQueue(Protocol):
    def hint(
        self, integration: Integration, tenant_id: str, reason: str, run_id: str, approved: str | None = None
    ) -> None:
        """Ask for a look, soon. Raises nothing that matters: a lost hint is found by the sweep.

        approved   the digest of the only plan that may be applied
        """


class BreakerStore(Protocol):
    """Shared by all workers; who writes last never wins over who wrote since they read."""

    def get(self, integration: Integration) -> Breaker:
        """A closed one when nothing is stored."""

    def save(self, breaker: Breaker, as_read: Breaker) -> Breaker:
        """The same with its version moved on by one. Raises ConcurrentChange when `as_read` is not stored."""

    def all(self) -> tuple[Breaker, ...]:
        """One of each integration, always in the same order."""


class RunStore(Protocol):
    def add(self, run: Run) -> None:
        """Raises AlreadyExists for an id that is taken."""

    def page(self, narrowed: RunFilter, request: PageRequest) -> Page[Run]: ...


class DeadLetters(Protocol):
    def counts(self) -> Mapping[Integration, int]:
        """Messages that were given up, by integration; one that cannot be asked is left out."""

    def redrive(self, integration: Integration, most: float) -> int:
        """Put them back on their queue, about `most` of them. Returns how many. Raises Unavailable."""


class PlanMaker(Protocol):
    def plan(self, tenant: Tenant) -> Plan:
        """What a reconcile would do now. Writes nothing anywhere."""


class Seals(Protocol):
    """Makes text that nobody else can read or change; what it opens was sealed for the same purpose."""

    def seal(self, purpose: str, plain: bytes) -> str: ...

    def open(self, purpose: str, sealed: str) -> bytes | None: ...

    def is_current(self, sealed: str) -> bool:
        """False when it should be sealed anew, with the key that seals now."""


class SessionStore(Protocol):
    def add(self, session: Session) -> None: ...

    def find(self, session_id: str) -> Session | None:
        """Times are not looked at: a session that is over may still be there."""

    def seen(self, session: Session, at: datetime) -> None:
        """Note when someone was last seen; does nothing for a session that is gone."""

    def lease(self, session: Session, lease: Lease, now: datetime) -> bool:
        """Reserve the renewal of exactly these tokens; False when they moved on or somebody else is at it."""

    def renewed(self, session: Session) -> bool:
        """Store the tokens and end the lease that `session` holds; False when it lost it."""

    def release(self, session: Session) -> None:
        """End the lease that `session` holds, if it still does."""

    def of(self, surface: str, issuer: str, subject: str) -> tuple[Session, ...]:
        """The sessions of one person at one portal, the last seen first; at most a hundred."""

    def end(self, session_id: str) -> bool:
        """Forget the session; False when there was none."""

    def end_all(self, sign_out: SignOut) -> int:
        """Forget every session that the sign-out means; how many there were is the answer."""


class SpentOnce(Protocol):
    def spend(self, key: str, until: datetime) -> bool:
        """True for the first who comes with this key before `until`, False for everybody after."""

    def is_spent(self, key: str) -> bool: ...


class Renewals(Protocol):
    """The identity provider of one surface."""

    def renewed(self, tokens: Tokens, subject: str) -> Tokens:
        """New tokens for the same person.

        Raises   GrantRefused when there are none any more, ProviderAway when nobody knows
        """

    def revoke(self, tokens: Tokens) -> None:
        """Ask that nobody can use these any more. Raises nothing: they run out by themselves."""


class InvitationLinks(Protocol):
    def link(self, user_id: str, address: str) -> str | None:
        """A link with which that person sets a password, once and for a day; None while there is no account.

        Raises   Unavailable
        """
