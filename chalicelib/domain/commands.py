"""What a caller may ask for, one class per verb. Whatever a command does not know, it refuses."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chalicelib.domain.contact import Billing, Contact
from chalicelib.domain.days import GivenDay
from chalicelib.domain.names import DisplayName, DomainName, EmailAddress, FreeText, Slug
from chalicelib.domain.percent import Percent
from chalicelib.domain.tenant import Plan
from chalicelib.domain.user import Role

MOST_DOMAINS = 50


class Command(BaseModel):
    """A wish, checked: strict types, no unknown field, never changed afterwards."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=False
    )

    def given(self) -> dict[str, Any]:
        """The fields that the caller named, null included: null unsets, an absent field stays."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) != len(names):
        raise ValueError("must not name the same domain twice")
    return names


Domains = Annotated[
    tuple[DomainName, ...], Field(max_length=MOST_DOMAINS, strict=False), AfterValidator(each_once)
]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class StrictContact(Contact):
    model_config = ConfigDict(extra="forbid", strict=True)


class StrictBilling(Billing):
    model_config = ConfigDict(extra="forbid", strict=True)


class CreatePartner(Command):
    slug: Slug
    name: DisplayName
    domain: DomainName
    margin_pct: Percent = 0.0
    contact: StrictContact | None = None
    billing: StrictBilling | None = None


# The defaults of a change are never used: `given` holds what the caller named.
class ChangePartner(Command):
    """Names and terms; `null` takes contact or billing away. `marginFrom` is today unless it is given."""

    name: DisplayName = ""
    domain: DomainName = ""
    margin_pct: Percent = 0.0
    margin_from: GivenDay = ""
    contact: StrictContact | None = None
    billing: StrictBilling | None = None


class Owner(Command):
    """The person to invite as owner."""

    email: EmailAddress
    name: DisplayName | None = None


class CreateTenant(Command):
    """`plan`, `partnerId` and `owner` are the operators' to choose; a customer becomes the owner."""

    slug: Slug
    name: DisplayName
    domains: Domains = ()
    contact: StrictContact | None = None
    plan: Plan = "starter"
    partner_id: Id | None = None
    owner: Owner | None = None


class ChangeTenant(Command):
    """`partnerId: null` detaches the partner, `contact: null` takes the contact away."""

    name: DisplayName = ""
    contact: StrictContact | None = None
    plan: Plan = "starter"
    domains: Domains = ()
    partner_id: Id | None = None


class SuspendTenant(Command):
    reason: FreeText


class AddDomain(Command):
    name: DomainName


class ApproveDomain(Command):
    reason: FreeText


class InviteMember(Command):
    email: EmailAddress
    name: DisplayName | None = None
    role: Role = "member"


class ChangeMember(Command):
    """`active` is whether the person may use this tenant."""

    role: Role = "member"
    active: bool = True


class ChangeUser(Command):
    """What operators may change of any user."""

    platform_admin: bool = False
    active: bool = True
