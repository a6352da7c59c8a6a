"""What a list may be narrowed to. A field that is None narrows nothing."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.partner import PartnerStatus
from chalicelib.domain.provisioning import Integration, State
from chalicelib.domain.tenant import Plan, Status


@dataclass(frozen=True, slots=True)
class TenantFilter:
    """
    ids           only these tenants: a member's own
    integration   with `state`: that integration is in that state; alone: it is anything but ok
    search        the beginning of a slug, a name or a domain
    unsettled     something of it is worth an operator's attention
    troubles      with `unsettled`: any of these, as `trouble_of` names them
    """

    ids: tuple[str, ...] | None = None
    status: Status | None = None
    plan: Plan | None = None
    partner_id: str | None = None
    integration: Integration | None = None
    state: State | None = None
    search: str | None = None
    unsettled: bool = False
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberCounts:
    """
    invited      active and never signed in; `setting_up` of them have no account yet
    signed_in    active and signed in at least once
    deactivated  may not use the tenant
    """

    invited: int
    setting_up: int
    signed_in: int
    deactivated: int


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """
    id   exactly this one: a tenant knows no more of its partner
    """

    id: str | None = None
    status: PartnerStatus | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class UserFilter:
    """
    tenant_id        only members of that tenant
    platform_admin   only operators, or only others
    search           the beginning of an e-mail address or a name
    """

    tenant_id: str | None = None
    platform_admin: bool | None = None
    active: bool | None = None
    search: str | None = None
