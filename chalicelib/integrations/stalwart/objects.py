"""The objects of Stalwart 0.16, as far as we look at them. Names of fields are the vendor's.

Source   Stalwart 0.16 object schema: x:Domain, x:Account, x:DkimSignature, x:Permissions
"""

from __future__ import annotations

from pydantic import Field

from chalicelib.integrations.calls import Shape


class Thing(Shape):
    id: str


class Variant(Shape):
    type: str = Field(alias="@type")


class Domain(Thing):
    name: str
    description: str | None = None
    dkimManagement: Variant | None = None  # noqa: N815 (the vendor's name; so are those below)


class Permissions(Variant):
    """Merge takes and gives beside what the roles grant; Inherit leaves them; Replace knows no roles."""

    enabledPermissions: dict[str, bool] = {}  # noqa: N815
    disabledPermissions: dict[str, bool] = {}  # noqa: N815

    @property
    def denied(self) -> frozenset[str] | None:
        """What is taken away; None when anything else is done, which never comes from us."""
        if self.type == "Inherit":
            return frozenset()
        if self.type != "Merge" or any(self.enabledPermissions.values()):
            return None
        return frozenset(name for name, is_set in self.disabledPermissions.items() if is_set)


class Alias(Shape):
    name: str
    domainId: str  # noqa: N815


class Account(Thing):
    """A mailbox of a person, or a group with an address of its own."""

    type: str = Field(alias="@type")
    name: str = Field(min_length=1)  # the local part of the address
    domainId: str  # noqa: N815
    description: str | None = None
    roles: Variant
    permissions: Permissions
    quotas: dict[str, int] = {}
    aliases: dict[str, Alias] = {}

    @property
    def is_person(self) -> bool:
        return self.type == "User"


class Signature(Thing):
    """A DKIM key: `selector`._domainkey.<domain> is where its public half is published."""

    domainId: str  # noqa: N815
    selector: str = ""
    publicKey: str = ""  # noqa: N815


class Zone(Thing):
    """The DNS records that a domain needs, as a zone file; DKIM lines appear when the keys have."""

    dnsZoneFile: str  # noqa: N815


class Linked(Shape):
    """An object that errors name: it holds a name, or points at another and keeps it from going."""

    object: str
    id: str

    @property
    def kind(self) -> str:
        return self.object.removeprefix("x:").partition("/")[0]
