"""What callers see of our values: every field named here, so that nothing internal slips out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from chalicelib.domain.catalogue import Interval
from chalicelib.domain.contact import Billing, Contact
from chalicelib.domain.days import Day
from chalicelib.domain.money import Currency, Money
from chalicelib.domain.partner import Farewell, Fate, PartnerStatus
from chalicelib.domain.percent import percent_of
from chalicelib.domain.provisioning import INTEGRATIONS, State
from chalicelib.domain.tenant import Plan, Status, Tenant
from chalicelib.domain.user import Role, User
from chalicelib.services.partners import PartnerRow


def _instant(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(_instant, return_type=str)]
DayText = Annotated[Day, Field(examples=["2026-11-22"])]
Id = Annotated[str, Field(description="32 hexadecimal digits")]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class MoneyAnswer(Answer):
    """Whole minor units: 14400 are 144.00. Different currencies are never added together."""

    currency: Currency
    amount: int


class IntegrationStates(Answer):
    """All three integrations and nothing else, always."""

    authentik: State
    stalwart: State
    ocis: State


class ErrorAnswer(Answer):
    code: str
    message: str


class IntegrationErrors(Answer):
    """All three integrations and nothing else, always; null where nothing is wrong."""

    authentik: ErrorAnswer | None
    stalwart: ErrorAnswer | None
    ocis: ErrorAnswer | None


class TenantAnswer(Answer):
    id: Id
    slug: str
    name: str
    status: Status
    plan: Plan
    seats: int | None
    mrr: MoneyAnswer | None
    domains: tuple[str, ...]
    partner_id: Id | None
    contact: Contact | None
    suspended_reason: str | None
    provisioning_status: IntegrationStates
    provisioning_errors: IntegrationErrors
    generation: int
    version: int
    created_at: Instant
    updated_at: Instant
    terminated_at: Instant | None
    purge_after: Instant | None
    purged_at: Instant | None


class StatusCounts(Answer):
    pending: int
    active: int
    suspended: int
    terminated: int


class TenantsAnswer(Answer):
    """`counts` are those of the same search, whatever status it asks for."""

    items: tuple[TenantAnswer, ...]
    next_cursor: str | None
    counts: StatusCounts


class PartnerTenantsAnswer(Answer):
    items: tuple[TenantAnswer, ...]
    next_cursor: str | None


class RunAnswer(Answer):
    id: Id
    integration: Literal["authentik", "stalwart", "ocis"]


class RunsAnswer(Answer):
    runs: tuple[RunAnswer, ...]


class MarginAnswer(Answer):
    """The margin from that day on, until the next one's."""

    since: DayText
    pct: float


class FarewellAnswer(Answer):
    """What becomes of a terminated partner's tenants; `doneAt` is null until the last one has followed."""

    tenants: Fate
    to_partner_id: Id | None
    decided_on: DayText
    done_at: Instant | None


class PartnerAnswer(Answer):
    """`customers` are the partner's live tenants, `mrr` what they pay in a month; `marginPct` is today's."""

    id: Id
    slug: str
    name: str
    domain: str
    status: PartnerStatus
    margin_pct: float
    margins: tuple[MarginAnswer, ...]
    customers: int
    mrr: tuple[MoneyAnswer, ...]
    farewell: FarewellAnswer | None
    contact: Contact | None
    billing: Billing | None
    version: int
    created_at: Instant
    updated_at: Instant
    terminated_at: Instant | None


class PartnersAnswer(Answer):
    items: tuple[PartnerAnswer, ...]
    next_cursor: str | None


class MemberAnswer(Answer):
    """A user as their tenant sees them; `invited` until the first sign-in.

    `settingUp` until there is an account: then a link can be made.
    """

    id: Id
    email: str | None
    name: str
    role: Role
    active: bool
    invited: bool
    setting_up: bool
    last_sign_in_at: Instant | None
    version: int


class MemberCountsAnswer(Answer):
    """`settingUp` are among the invited."""

    invited: int
    setting_up: int
    signed_in: int
    deactivated: int


class MembersAnswer(Answer):
    items: tuple[MemberAnswer, ...]
    next_cursor: str | None


class MembershipAnswer(Answer):
    tenant_id: Id
    role: Role
    active: bool


class NamedTenantAnswer(Answer):
    id: Id
    slug: str
    name: str


class NamedMembershipAnswer(MembershipAnswer):
    """`tenant` is null when nothing is left of it."""

    tenant: NamedTenantAnswer | None


class UserAnswer(Answer):
    """A user as operators see them. The same person at another issuer is another user."""

    id: Id
    issuer: str
    email: str | None
    name: str
    platform_admin: bool
    active: bool
    invited: bool
    memberships: tuple[MembershipAnswer, ...]
    last_sign_in_at: Instant | None
    version: int
    created_at: Instant
    updated_at: Instant


class OneUserAnswer(UserAnswer):
    """The same with the names of the tenants."""

    memberships: tuple[NamedMembershipAnswer, ...]


class UserCounts(Answer):
    active: int
    inactive: int
    platform_admin: int


class UsersAnswer(Answer):
    items: tuple[UserAnswer, ...]
    next_cursor: str | None
    counts: UserCounts


class SubscriptionAnswer(Answer):
    """A tenant from before there were subscriptions has the status `none`, and null where it agreed nothing.

    unitPrice is for one seat and interval, amount for one interval after the discount; both in minor units.
    """

    plan: Plan
    seats: int | None
    interval: Interval | None
    currency: Currency | None
    unit_price: int | None
    discount_pct: float
    amount: int | None
    mrr: MoneyAnswer | None
    catalogue: int | None
    status: Literal["trial", "active", "ended", "none"]
    started_on: DayText | None
    trial_ends_on: DayText | None
    ended_on: DayText | None
    files_bytes: int | None
    mailbox_bytes: int | None
    version: int


class MyTenantAnswer(Answer):
    id: Id
    slug: str
    name: str
    status: Status


class MyMembershipAnswer(Answer):
    role: Role
    tenant: MyTenantAnswer
    subscription: SubscriptionAnswer


class MeAnswer(Answer):
    id: Id
    email: str | None
    name: str
    operator: bool
    memberships: tuple[MyMembershipAnswer, ...]
    last_sign_in_at: Instant | None


class HealthAnswer(Answer):
    status: Literal["ok"]
    service: str
    version: str


class ReadinessAnswer(Answer):
    """`ok` for each dependency; when one is not, the answer is a problem that names them all."""

    status: Literal["ok"]
    dependencies: dict[str, str]


def tenant_answer(tenant: Tenant) -> TenantAnswer:
    provisioning = tenant.provisioning
    states = {each: provisioning.of(each).state for each in INTEGRATIONS}
    errors = {each: _error(tenant, each) for each in INTEGRATIONS}
    return TenantAnswer(
        **{name: getattr(tenant, name) for name in TENANT_FIELDS},
        seats=tenant.allowance.seats if tenant.allowance else None,
        mrr=money_answer(tenant.mrr) if tenant.mrr else None,
        provisioning_status=IntegrationStates(**states),
        provisioning_errors=IntegrationErrors(**errors),
    )


def _error(tenant: Tenant, integration: Literal["authentik", "stalwart", "ocis"]) -> ErrorAnswer | None:
    error = tenant.provisioning.of(integration).error
    return ErrorAnswer(code=error.code, message=error.message) if error else None


def partner_answer(row: PartnerRow) -> PartnerAnswer:
    partner = row.partner
    return PartnerAnswer(
        **{name: getattr(partner, name) for name in PARTNER_FIELDS},
        customers=row.business.customers,
        mrr=tuple(map(money_answer, row.business.mrr)),
        margin_pct=percent_of(row.margin_bps),
        margins=tuple(MarginAnswer(since=each.since, pct=percent_of(each.bps)) for each in partner.margins),
        farewell=_farewell(partner.farewell),
    )


def money_answer(money: Money) -> MoneyAnswer:
    return MoneyAnswer(currency=money.currency, amount=money.amount)


def _farewell(farewell: Farewell | None) -> FarewellAnswer | None:
    if farewell is None:
        return None
    return FarewellAnswer(**{name: getattr(farewell, name) for name in FarewellAnswer.model_fields})


def member_answer(user: User, tenant: Tenant) -> MemberAnswer:
    membership = user.membership_of(tenant.id)
    if membership is None:
        raise ValueError("the user is not a member of this tenant")
    return MemberAnswer(
        id=user.id,
        email=user.email,
        name=user.name,
        role=membership.role,
        active=membership.active and user.active,
        invited=user.is_invited,
        setting_up=user.is_expected(tenant.id, tenant.known_until),
        last_sign_in_at=user.last_sign_in_at,
        version=user.version,
    )


def one_user_answer(user: User, tenants: Mapping[str, Tenant]) -> OneUserAnswer:
    """`tenants` are those of the memberships, by id."""
    memberships = tuple(
        NamedMembershipAnswer(
            tenant_id=each.tenant_id,
            role=each.role,
            active=each.active,
            tenant=_named(tenants.get(each.tenant_id)),
        )
        for each in user.memberships
    )
    own = {name: getattr(user, name) for name in USER_FIELDS}
    return OneUserAnswer(**own, invited=user.is_invited, memberships=memberships)


def _named(tenant: Tenant | None) -> NamedTenantAnswer | None:
    return NamedTenantAnswer(id=tenant.id, slug=tenant.slug, name=tenant.name) if tenant else None


def user_answer(user: User) -> UserAnswer:
    memberships = tuple(
        MembershipAnswer(tenant_id=each.tenant_id, role=each.role, active=each.active)
        for each in user.memberships
    )
    own = {name: getattr(user, name) for name in USER_FIELDS}
    return UserAnswer(**own, invited=user.is_invited, memberships=memberships)


def _shared(answer: type[Answer], derived: set[str]) -> tuple[str, ...]:
    """The fields of an answer that are copied as they are."""
    return tuple(name for name in answer.model_fields if name not in derived)


TENANT_FIELDS = _shared(TenantAnswer, {"provisioning_status", "provisioning_errors", "seats", "mrr"})
PARTNER_FIELDS = _shared(PartnerAnswer, {"customers", "mrr", "margin_pct", "margins", "farewell"})
USER_FIELDS = _shared(UserAnswer, {"invited", "memberships"})
