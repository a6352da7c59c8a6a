"""The kinds of the emulator against the schema that a 0.16.18 server serves."""

import gzip
import json
from pathlib import Path

import pytest

from infra.local.emulators.stalwart import enums, kinds
from infra.local.emulators.stalwart.encoding import Record, Variant

NAME = Path("shared/specs/stalwart-0.16-schema.json.gz")
RECORDS = {
    "x:Tenant": kinds.TENANT,
    "x:Domain": kinds.DOMAIN_RECORD,
    "x:UserAccount": kinds.USER,
    "x:GroupAccount": kinds.GROUP,
    "x:Dkim1Signature": kinds.SIGNATURE,
    "x:EmailAlias": kinds.ALIAS,
    "x:PermissionsList": kinds.LISTED,
    "x:CustomRoles": kinds.CUSTOM_ROLES,
    "x:DkimManagementProperties": kinds.DKIM.variants["Automatic"],
    "x:DnsManagementProperties": kinds.DNS.variants["Automatic"],
    "x:CertificateManagementProperties": kinds.CERTIFICATES.variants["Automatic"],
    "x:PasswordCredential": kinds.CREDENTIAL.variants["Password"],
}
VARIANTS = {
    "x:Permissions": kinds.PERMISSION_RULES,
    "x:Roles": kinds.ROLES,
    "x:UserRoles": kinds.USER_ROLES,
    "x:DkimManagement": kinds.DKIM,
    "x:DnsManagement": kinds.DNS,
    "x:CertificateManagement": kinds.CERTIFICATES,
    "x:Credential": kinds.CREDENTIAL,
    "x:Account": Variant(variants=kinds.KINDS["Account"].records),
}
# Needs objects that the emulator does not have: expressions, public keys, the second DKIM format, files.
NARROWER = {
    "x:SubAddressing": kinds.SUB_ADDRESSING,
    "x:EncryptionAtRest": kinds.ENCRYPTION,
    "x:SecretText": kinds.SECRET_TEXT,
    "x:DkimSignature": Variant(variants=kinds.KINDS["DkimSignature"].records),
}
WORDS = {
    "string": "Text",
    "utcDateTime": "Text",
    "boolean": "Flag",
    "objectId": "Ref",
    "set": "SetOf",
    "map": "MapOf",
    "objectList": "ListOf",
    "number": "Whole",
}


@pytest.fixture(scope="module")
def schema():
    for folder in Path(__file__).resolve().parents:
        if (folder / NAME).exists():
            return json.loads(gzip.decompress((folder / NAME).read_bytes()))
    pytest.skip("the vendor's schema is not beside this checkout")


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_has_the_vendors_properties_and_no_others(schema, name):
    theirs, ours = schema["fields"][name]["properties"], RECORDS[name].fields

    assert set(ours) == set(theirs)
    assert {field for field, kind in ours.items() if kind.server_set} == {
        field for field, described in theirs.items() if described["update"] == "serverSet"
    }


@pytest.mark.parametrize("name", RECORDS)
def test_a_property_is_of_the_vendors_type_and_as_nullable(schema, name):
    for field, described in schema["fields"][name]["properties"].items():
        ours, theirs = RECORDS[name].fields[field], described["type"]
        if ours.server_set:
            continue
        expected = WORDS.get(theirs["type"], "")
        if theirs["type"] == "enum":
            assert type(ours).__name__ in {"OneOf", "Text"}, field
        elif theirs["type"] == "object":
            assert isinstance(ours, Variant | Record), field
        else:
            assert type(ours).__name__ == expected, field
        assert ours.nullable == theirs.get("nullable", False), field


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_starts_with_the_vendors_defaults(schema, name):
    theirs = schema["fields"][name].get("defaults", {})

    fresh = RECORDS[name].fresh()

    assert {field: fresh[field] for field in theirs} == theirs


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_has_the_vendors_names(schema, name):
    assert set(VARIANTS[name].variants) == {
        variant["name"] for variant in schema["schemas"][name]["variants"]
    }


@pytest.mark.parametrize("name", NARROWER)
def test_a_narrower_variant_has_names_that_the_vendor_knows(schema, name):
    assert set(NARROWER[name].variants) < {variant["name"] for variant in schema["schemas"][name]["variants"]}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("TenantStorageQuota", enums.TENANT_QUOTAS),
        ("StorageQuota", enums.ACCOUNT_QUOTAS),
        ("DkimSignatureType", enums.ALGORITHMS),
        ("DkimRotationStage", enums.STAGES),
        ("DnsRecordType", enums.DNS_RECORDS),
        ("DkimCanonicalization", kinds.SIGNATURE.fields["canonicalization"].names),
        ("DkimHash", kinds.SIGNATURE.fields["thirdPartyHash"].names),
    ],
)
def test_an_enum_has_the_vendors_values(schema, name, ours):
    assert ours == {value["name"] for value in schema["enums"][name]}


def test_every_permission_is_one_of_the_vendors(schema):
    assert {value["name"] for value in schema["enums"]["Permission"]} >= enums.PERMISSIONS


@pytest.mark.parametrize("name", ["Tenant", "Domain", "Account", "DkimSignature"])
def test_filters_and_editions_are_the_vendors(schema, name):
    kind = kinds.KINDS[name]
    listed = [described for key, described in schema["lists"].items() if key.split("/")[0] == f"x:{name}"]
    offered = {part["field"] for described in listed for part in described["filters"]}
    static = {key for described in listed for key in described.get("filtersStatic", {})}

    assert set(kind.filters) <= offered | static
    assert kind.enterprise == schema["objects"][f"x:{name}"].get("enterprise", False)
