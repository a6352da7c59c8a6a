"""Settings: every environment variable, typed, one field each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache

from chalicelib.errors import Misconfigured

SERVICE = "dezky-platform-api"
VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Nothing is read from it anywhere else.

    Secrets are kept out of repr, so that a logged Settings gives nothing away. Each of them may be named
    instead of given: MONGODB_URI_SECRET_NAME in the place of MONGODB_URI (`integrations/secrets.py`).

    secret_names   field -> id of the secret in Secrets Manager
    """

    stage: str = "prod"
    issuers: str = ""  # AUTHENTIK_ISSUER, comma-separated, paired by position with …
    audiences: str = ""  # … AUTHENTIK_AUDIENCE
    algorithms: str = "RS256"  # AUTHENTIK_ALGORITHM: one for all issuers, or one each
    operator_audience: str = "dezky-operator"
    customer_audience: str = "dezky-portal"
    mongodb_uri: str = field(default="", repr=False)
    mongodb_database: str = "dezky"
    mongodb_retry_writes: bool = True  # DocumentDB before 8.0.2 needs false
    cursor_key: str = field(default="", repr=False)  # signs the cursors of lists; 32 characters or more
    retention_days: int = 30
    audit_bucket: str = ""  # with object lock: where the heads of the audit trail are kept …
    audit_folder: str = ""  # … or, on a laptop, a folder
    authentik_url: str = ""
    authentik_token: str = field(default="", repr=False)
    authentik_shared_applications: str = ""  # slugs, comma-separated; each tenant's group is bound to them
    stalwart_url: str = ""
    stalwart_api_key: str = field(default="", repr=False)
    ocis_url: str = ""
    ocis_username: str = ""
    ocis_app_token: str = field(default="", repr=False)
    dns_resolver: str = ""  # host:port; empty: the system's
    internal_url: str = ""  # PLATFORM_API_INTERNAL_URL: the gateway, as the portals reach it
    operator_public_url: str = ""  # where browsers find the portal
    operator_client_secret: str = field(default="", repr=False)  # of its application at the provider
    operator_session_keys: str = field(
        default="", repr=False
    )  # newest first, "k2:<32 bytes, base64url>,k1:…"
    operator_group: str = "dezky-platform-admins"  # whose members may sign in at the operator portal
    customer_public_url: str = ""
    customer_client_secret: str = field(default="", repr=False)
    customer_session_keys: str = field(default="", repr=False)
    secret_names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_local(self) -> bool:
        return self.stage == "local"


VARIABLES = {
    "stage": "STAGE",
    "issuers": "AUTHENTIK_ISSUER",
    "audiences": "AUTHENTIK_AUDIENCE",
    "algorithms": "AUTHENTIK_ALGORITHM",
    "operator_audience": "OPERATOR_AUDIENCE",
    "customer_audience": "CUSTOMER_AUDIENCE",
    "mongodb_uri": "MONGODB_URI",
    "mongodb_database": "MONGODB_DATABASE",
    "mongodb_retry_writes": "MONGODB_RETRY_WRITES",
    "cursor_key": "CURSOR_KEY",
    "retention_days": "RETENTION_DAYS",
    "audit_bucket": "AUDIT_BUCKET",
    "audit_folder": "AUDIT_FOLDER",
    "authentik_url": "AUTHENTIK_URL",
    "authentik_token": "AUTHENTIK_TOKEN",
    "authentik_shared_applications": "AUTHENTIK_SHARED_APPLICATIONS",
    "stalwart_url": "STALWART_URL",
    "stalwart_api_key": "STALWART_API_KEY",
    "ocis_url": "OCIS_URL",
    "ocis_username": "OCIS_USERNAME",
    "ocis_app_token": "OCIS_APP_TOKEN",
    "dns_resolver": "DNS_RESOLVER",
    "internal_url": "PLATFORM_API_INTERNAL_URL",
    "operator_public_url": "OPERATOR_PUBLIC_URL",
    "operator_client_secret": "OPERATOR_CLIENT_SECRET",
    "operator_session_keys": "OPERATOR_SESSION_KEYS",
    "operator_group": "OPERATOR_GROUP",
    "customer_public_url": "CUSTOMER_PUBLIC_URL",
    "customer_client_secret": "CUSTOMER_CLIENT_SECRET",
    "customer_session_keys": "CUSTOMER_SESSION_KEYS",
}
SECRETS = tuple(each.name for each in fields(Settings) if not each.repr)


def serves(*sets: str) -> bool:
    """Is this container one of these function sets? Without a set it is all of them: laptop, packaging."""
    mine = os.environ.get("FUNCTION_SET", "")
    return not mine or mine in sets


@cache
def settings() -> Settings:
    """The settings of this container, read once."""
    return from_environment(os.environ)


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Settings out of `environ`. Raises Misconfigured, naming the variable, for a value of the wrong type."""
    given = {name: environ[variable] for name, variable in VARIABLES.items() if environ.get(variable)}
    named = {name: environ.get(f"{VARIABLES[name]}_SECRET_NAME", "") for name in SECRETS}
    typed: dict[str, object] = {**given, "secret_names": {each: name for each, name in named.items() if name}}
    if "mongodb_retry_writes" in given:
        typed["mongodb_retry_writes"] = _flag("MONGODB_RETRY_WRITES", given["mongodb_retry_writes"])
    if "retention_days" in given:
        typed["retention_days"] = _days("RETENTION_DAYS", given["retention_days"])
    return Settings(**typed)  # type: ignore[arg-type]  # each value was typed just above


def _flag(variable: str, value: str) -> bool:
    if value not in {"true", "false"}:
        raise Misconfigured(f"{variable} must be true or false")
    return value == "true"


def _days(variable: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise Misconfigured(f"{variable} must be a whole number of days, at least 1")
    return int(value)
