"""OAuth2 providers: the client side of an application.

Source   authentik API 2026.5, operations providers_oauth2_*
"""

import secrets
from collections.abc import Mapping, Sequence

from infra.local.identity.durations import duration
from infra.local.identity.fields import (
    Field,
    Record,
    choice,
    flag,
    integer_key_of,
    list_of,
    list_with,
    text,
    uuid_of,
    web_address,
)
from infra.local.identity.query import Query
from infra.local.identity.refusals import invalid
from infra.local.identity.resource import EVERYTHING, Resource

NAME_TAKEN = "provider with this name already exists."
CLIENT_TAKEN = "OAuth2/OpenID Provider with this Client ID already exists."
GRANT_TYPES = (
    *("authorization_code", "implicit", "hybrid", "refresh_token", "client_credentials", "password"),
    "urn:ietf:params:oauth:grant-type:device_code",
)
SUBJECTS = ("hashed_user_id", "user_id", "user_uuid", "user_username", "user_email", "user_upn")
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."
REDIRECT = {
    "matching_mode": Field(choice("strict", "regex")),
    "url": Field(text()),
    "redirect_uri_type": Field(choice("authorization", "logout"), default="authorization"),
}
CONSTANT = {
    "component": "ak-provider-oauth2-form",
    "assigned_backchannel_application_slug": None,
    "assigned_backchannel_application_name": None,
    "verbose_name": "OAuth2/OpenID Provider",
    "verbose_name_plural": "OAuth2/OpenID Providers",
    "meta_model_name": "authentik_providers_oauth2.oauth2provider",
}
BRIEF = (
    *("pk", "name", "authentication_flow", "authorization_flow", "invalidation_flow", "property_mappings"),
    *("assigned_application_slug", "assigned_application_name"),
    *CONSTANT,
)


class Providers(Resource):
    """Without explicit `grant_types` a provider has none, and every sign-in through it fails."""

    kind, table = "OAuth2Provider", "providers"
    exact = ("name", "client_id", "client_type", "issuer_mode", "sub_mode")

    def fields(self, existing: Record | None) -> Mapping[str, Field]:
        flow = uuid_of(self.world.fixtures.flows.rows)
        return {
            "name": Field(self.unique("name", existing, NAME_TAKEN)(text())),
            "authorization_flow": Field(flow),
            "invalidation_flow": Field(flow),
            "authentication_flow": Field(flow, default=None, nullable=True),
            "redirect_uris": Field(list_with(REDIRECT)),
            "property_mappings": Field(list_of(uuid_of(self.world.fixtures.scopes.rows)), default=[]),
            "client_type": Field(choice("confidential", "public"), default="confidential"),
            "grant_types": Field(list_of(choice(*GRANT_TYPES)), default=[]),
            "client_id": Field(
                self.unique("client_id", existing, CLIENT_TAKEN)(text(longest=255)), default=""
            ),
            "client_secret": Field(text(blank=True, longest=255), default=""),
            **self._less_used_fields(),
        }

    def _less_used_fields(self) -> Mapping[str, Field]:
        key_pair = uuid_of(self.world.fixtures.key_pairs.rows)
        return {
            "access_code_validity": Field(duration, default="minutes=1"),
            "access_token_validity": Field(duration, default="minutes=5"),
            "refresh_token_validity": Field(duration, default="days=30"),
            "refresh_token_threshold": Field(duration, default="seconds=0"),
            "include_claims_in_id_token": Field(flag, default=True),
            "signing_key": Field(key_pair, default=None, nullable=True),
            "encryption_key": Field(key_pair, default=None, nullable=True),
            "logout_uri": Field(web_address, default=""),
            "logout_method": Field(choice("backchannel", "frontchannel"), default="backchannel"),
            "sub_mode": Field(choice(*SUBJECTS), default="hashed_user_id"),
            "issuer_mode": Field(choice("per_provider", "global"), default="per_provider"),
            "jwt_federation_sources": Field(list_of(uuid_of(())), default=[]),
            "jwt_federation_providers": Field(list_of(integer_key_of(self.rows)), default=[]),
        }

    def built(self, values: Record) -> Record:
        number = self.world.ids.number("provider")
        generated = {"client_id": secrets.token_hex(20), "client_secret": secrets.token_hex(64)}
        return {"pk": number, **values, **{name: values[name] or generated[name] for name in generated}}

    def of_client(self, client_id: str) -> Record | None:
        return next((row for row in self.rows.values() if row["client_id"] == client_id), None)

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:
        asked = query.one("application")
        if not asked:
            return records
        application = self.world.applications.rows.get(asked)
        if application is None:
            raise invalid({"application": [NO_CHOICE]})
        return [record for record in records if record["pk"] == application["provider"]]

    def removed(self, record: Record) -> None:
        """The application that used it stays, without a provider."""
        for application in self.world.applications.rows.values():
            if application["provider"] == record["pk"]:
                application["provider"] = None
        self.world.grants.revoke_all_through(record["client_id"])

    def view(self, record: Record, query: Query = EVERYTHING) -> Record:  # noqa: ARG002 (always whole)
        application = self.world.applications.of_provider(record)
        return {
            **record,
            **CONSTANT,
            "assigned_application_slug": application["slug"] if application else None,
            "assigned_application_name": application["name"] if application else None,
        }

    def brief(self, key: int) -> Record:
        """The short form inside applications: without the secret."""
        whole = self.view(self.get(str(key)))
        return {name: whole[name] for name in BRIEF}
