"""What an instance brings along and the platform only looks up: flows, scope mappings, the signing key pair.

Source   authentik API 2026.5, flows_instances_list, propertymappings_provider_scope_list,
         crypto_certificatekeypairs_list
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from infra.local.identity.fields import Record
from infra.local.identity.ids import named_uuid
from infra.local.identity.query import Query
from infra.local.identity.resource import Resource

if TYPE_CHECKING:
    from infra.local.identity.world import World

AUTHORIZATION_FLOW = "default-provider-authorization-implicit-consent"
INVALIDATION_FLOW = "default-provider-invalidation-flow"
RECOVERY_FLOW = "default-recovery-flow"
FLOWS = {
    "default-authentication-flow": "authentication",
    AUTHORIZATION_FLOW: "authorization",
    "default-provider-authorization-explicit-consent": "authorization",
    INVALIDATION_FLOW: "invalidation",
    "default-invalidation-flow": "invalidation",
    RECOVERY_FLOW: "recovery",
}
SCOPES = ("openid", "email", "profile", "groups", "offline_access")
KEY_PAIR = "authentik Self-signed Certificate"


class Fixed(Resource):
    """A resource that can only be looked up."""

    content: ClassVar[dict[str, Record]]

    @property
    def rows(self) -> dict[str, Record]:
        return self.content

    def view(self, record: Record, query: Query) -> Record:  # noqa: ARG002 (shown as it is)
        return record


def _flow(slug: str, designation: str) -> Record:
    key = named_uuid("flow", slug)
    return {
        "pk": key,
        "policybindingmodel_ptr_id": named_uuid("flow-binding", slug),
        "name": slug.replace("-", " ").capitalize(),
        "slug": slug,
        "title": slug.replace("-", " ").capitalize(),
        "designation": designation,
        "background": "",
        "background_url": "/static/dist/assets/images/flow_background.jpg",
        "background_themed_urls": None,
        "stages": [],
        "policies": [],
        "cache_count": 0,
        "policy_engine_mode": "any",
        "compatibility_mode": False,
        "export_url": f"/api/v3/flows/instances/{slug}/export/",
        "layout": "stacked",
        "denied_action": "message_continue",
        "authentication": "none",
    }


def _scope(name: str) -> Record:
    return {
        "pk": named_uuid("scope", name),
        "managed": f"goauthentik.io/providers/oauth2/scope-{name}",
        "name": f"authentik default OAuth Mapping: OpenID '{name}'",
        "expression": "return {}",
        "component": "ak-property-mapping-provider-scope-form",
        "verbose_name": "Scope Mapping",
        "verbose_name_plural": "Scope Mappings",
        "meta_model_name": "authentik_providers_oauth2.scopemapping",
        "scope_name": name,
        "description": "",
    }


def _key_pair() -> Record:
    key = named_uuid("certificate", KEY_PAIR)
    return {
        "pk": key,
        "name": KEY_PAIR,
        "fingerprint_sha256": None,
        "fingerprint_sha1": None,
        "cert_expiry": None,
        "cert_subject": "OU=Self-signed,O=authentik,CN=authentik Self-signed Certificate",
        "private_key_available": True,
        "key_type": "rsa",
        "certificate_download_url": f"/api/v3/crypto/certificatekeypairs/{key}/view_certificate/?download",
        "private_key_download_url": f"/api/v3/crypto/certificatekeypairs/{key}/view_private_key/?download",
        "managed": "goauthentik.io/crypto/jwt-managed",
    }


def _by_key(records: Sequence[Record]) -> dict[str, Record]:
    return {record["pk"]: record for record in records}


class Flows(Fixed):
    kind, order, searchable = "Flow", ("slug",), ("name", "slug", "designation", "title")
    exact = ("slug", "designation", "name")
    content = _by_key([_flow(slug, designation) for slug, designation in FLOWS.items()])


class Scopes(Fixed):
    kind, order, searchable = "ScopeMapping", ("scope_name",), ("name", "scope_name")
    exact = ("scope_name", "name")
    content = _by_key([_scope(name) for name in SCOPES])

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:
        wanted = query.all("managed")
        return [record for record in records if not wanted or record["managed"] in wanted]


class KeyPairs(Fixed):
    kind, exact = "CertificateKeyPair", ("name",)
    content = _by_key([_key_pair()])


class Fixtures:
    """The three, side by side."""

    def __init__(self, world: "World") -> None:
        self.flows, self.scopes, self.key_pairs = Flows(world), Scopes(world), KeyPairs(world)


def flow_key(slug: str) -> str:
    return named_uuid("flow", slug)


def scope_key(name: str) -> str:
    return named_uuid("scope", name)


def key_pair_key() -> str:
    return named_uuid("certificate", KEY_PAIR)
