"""The four kinds of objects with all their properties.

Source: the object schema that a 0.16.18 server serves under /api/schema (x:Tenant, x:Domain, x:UserAccount,
x:GroupAccount, x:Dkim1Signature).
"""

from dataclasses import dataclass
from typing import Any

from infra.local.emulators.stalwart import enums
from infra.local.emulators.stalwart.encoding import (
    DOMAIN,
    LOCAL_PART,
    Flag,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Ref,
    SetOf,
    Text,
    Type,
    Variant,
    Whole,
    names,
    none_of_them,
)

SERVER_SET = Text(server_set=True)
OPTIONAL = Text(nullable=True)
CUSTOM_ROLES = Record(fields={"roleIds": SetOf(item=Ref(kind="Role"))})
ROLES = Variant(variants={"Default": Record(), "Custom": CUSTOM_ROLES})
USER_ROLES = Variant(variants={**none_of_them(["User", "Admin"]), "Custom": CUSTOM_ROLES})
LISTED = Record(
    fields={
        "enabledPermissions": SetOf(item=OneOf(names=enums.PERMISSIONS)),
        "disabledPermissions": SetOf(item=OneOf(names=enums.PERMISSIONS)),
    }
)
PERMISSION_RULES = Variant(variants={"Inherit": Record(), "Merge": LISTED, "Replace": LISTED})
TENANT_REF = Ref(kind="Tenant", nullable=True)
DOMAIN_REF = Ref(kind="Domain")

CERTIFICATES = Variant(
    variants={
        "Manual": Record(),
        "Automatic": Record(
            fields={"acmeProviderId": Ref(kind="AcmeProvider"), "subjectAlternativeNames": SetOf()}
        ),
    }
)
DKIM_DEFAULTS = {
    "algorithms": {"Dkim1Ed25519Sha256": True, "Dkim1RsaSha256": True},
    "deleteAfter": 2_592_000_000,
    "retireAfter": 604_800_000,
    "rotateAfter": 7_776_000_000,
    "selectorTemplate": "v{version}-{algorithm}-{date-%Y%m%d}",
}
DKIM = Variant(
    variants={
        "Automatic": Record(
            fields={
                "algorithms": SetOf(item=OneOf(names=enums.ALGORITHMS)),
                **{name: Whole() for name in ("deleteAfter", "retireAfter", "rotateAfter")},
                "selectorTemplate": Text(),
            },
            defaults=DKIM_DEFAULTS,
        ),
        "Manual": Record(),
    }
)
DNS = Variant(
    variants={
        "Manual": Record(),
        "Automatic": Record(
            fields={
                "dnsServerId": Ref(kind="DnsServer"),
                "origin": OPTIONAL,
                "publishRecords": SetOf(item=OneOf(names=enums.DNS_RECORDS)),
            },
            defaults={"publishRecords": dict.fromkeys(sorted(enums.DNS_RECORDS - {"tlsa"}), True)},
        ),
    }
)
SUB_ADDRESSING = Variant(variants=none_of_them(["Enabled", "Disabled"]))  # Custom rules are left out
ENCRYPTION = Variant(variants=none_of_them(["Disabled"]))  # the others need a public key object
ALIAS = Record(
    fields={
        "description": OPTIONAL,
        "domainId": DOMAIN_REF,
        "enabled": Flag(),
        "name": Text(pattern=LOCAL_PART, longest=64),
    },
    defaults={"enabled": True},
)
SECONDARY = Record(fields={"description": OPTIONAL, "secret": OPTIONAL, "expiresAt": OPTIONAL})
CREDENTIAL = Variant(
    variants={
        "Password": Record(
            fields={
                "allowedIps": SetOf(),
                "credentialId": SERVER_SET,
                "expiresAt": OPTIONAL,
                "otpAuth": OPTIONAL,
                "secret": Text(),
            }
        ),
        "AppPassword": SECONDARY,
        "ApiKey": SECONDARY,
    }
)
SECRET_TEXT = Variant(variants={"Text": Record(fields={"secret": Text()})})

TENANT = Record(
    fields={
        "createdAt": SERVER_SET,
        "logo": OPTIONAL,
        "name": Text(longest=255),
        "permissions": PERMISSION_RULES,
        "quotas": MapOf(keys=enums.TENANT_QUOTAS),
        "roles": ROLES,
        "usedDiskQuota": SERVER_SET,
    }
)
DOMAIN_RECORD = Record(
    fields={
        "aliases": SetOf(item=Text(pattern=DOMAIN, longest=253)),
        "allowRelaying": Flag(),
        "catchAllAddress": OPTIONAL,
        "certificateManagement": CERTIFICATES,
        "createdAt": SERVER_SET,
        "description": OPTIONAL,
        "directoryId": Ref(kind="Directory", nullable=True),
        "dkimManagement": DKIM,
        "dnsManagement": DNS,
        "dnsZoneFile": SERVER_SET,
        "isEnabled": Flag(),
        "logo": OPTIONAL,
        "memberTenantId": TENANT_REF,
        "name": Text(pattern=DOMAIN, longest=253),
        "reportAddressUri": OPTIONAL,
        "subAddressing": SUB_ADDRESSING,
    },
    defaults={"isEnabled": True, "allowRelaying": False, "reportAddressUri": "mailto:postmaster"},
)
GROUP_FIELDS: dict[str, Type] = {
    "aliases": ListOf(item=ALIAS),
    "createdAt": SERVER_SET,
    "description": OPTIONAL,
    "domainId": DOMAIN_REF,
    "emailAddress": SERVER_SET,
    "locale": Text(),
    "memberTenantId": TENANT_REF,
    "name": Text(pattern=LOCAL_PART, longest=64),
    "permissions": PERMISSION_RULES,
    "quotas": MapOf(keys=enums.ACCOUNT_QUOTAS),
    "roles": ROLES,
    "timeZone": OPTIONAL,
    "usedDiskQuota": SERVER_SET,
}
GROUP = Record(fields=GROUP_FIELDS, defaults={"locale": "en_US"})
USER = Record(
    fields={
        **GROUP_FIELDS,
        "credentials": ListOf(item=CREDENTIAL),
        "encryptionAtRest": ENCRYPTION,
        "memberGroupIds": SetOf(item=Ref(kind="Account")),
        "roles": USER_ROLES,
    },
    defaults={"locale": "en_US"},
)
SIGNATURE = Record(
    fields={
        "auid": OPTIONAL,
        "canonicalization": OneOf(
            names=names("relaxed/relaxed", "simple/simple", "relaxed/simple", "simple/relaxed")
        ),
        "createdAt": SERVER_SET,
        "domainId": DOMAIN_REF,
        "expire": Whole(nullable=True),
        "headers": SetOf(),
        "memberTenantId": TENANT_REF,
        "nextTransitionAt": OPTIONAL,
        "privateKey": SECRET_TEXT,
        "publicKey": SERVER_SET,
        "report": Flag(),
        "selector": Text(longest=128),
        "stage": OneOf(names=enums.STAGES),
        "thirdParty": OPTIONAL,
        "thirdPartyHash": OneOf(nullable=True, names=names("sha256", "sha1")),
    },
    defaults={
        "canonicalization": "relaxed/relaxed",
        "headers": dict.fromkeys(["Date", "From", "Message-ID", "Subject", "To"], True),
        "report": True,
        "stage": "active",
    },
)


@dataclass(frozen=True)
class Kind:
    """A kind of object: its records by `@type` (the empty name when there is only one), its filters."""

    name: str
    records: dict[str, Record]
    required: tuple[str, ...]
    filters: tuple[str, ...]
    searched: tuple[str, ...] = ()
    enterprise: bool = False

    def record_of(self, stored: dict[str, Any]) -> Record:
        return self.records[stored.get("@type", "")]


KINDS = {
    kind.name: kind
    for kind in (
        Kind("Tenant", {"": TENANT}, ("name",), ("text",), ("name",), enterprise=True),
        Kind(
            "Domain",
            {"": DOMAIN_RECORD},
            ("name",),
            ("name", "text", "memberTenantId"),
            ("name", "description"),
        ),
        Kind(
            "Account",
            {"User": USER, "Group": GROUP},
            ("name", "domainId"),
            ("name", "text", "domainId", "memberTenantId", "memberGroupIds", "@type"),
            ("name", "description"),
        ),
        Kind(
            "DkimSignature",
            {"Dkim1Ed25519Sha256": SIGNATURE, "Dkim1RsaSha256": SIGNATURE},
            ("domainId", "selector", "privateKey"),
            ("domainId", "memberTenantId"),
        ),
    )
}
