"""Authentik: its API as we use it, in three parts."""

from __future__ import annotations

from chalicelib.domain.secret import Secret, secret
from chalicelib.integrations.authentik.applications import Applications
from chalicelib.integrations.authentik.groups import Groups
from chalicelib.integrations.authentik.paging import VENDOR
from chalicelib.integrations.authentik.users import Users
from chalicelib.integrations.calls import Endpoint
from chalicelib.integrations.downstream import Api

# Authentik refuses a token with 403, as it refuses an action; only the text tells them apart.
TOKEN_TEXTS = frozenset({"Token invalid/expired", "Authentication credentials were not provided."})


def endpoint(url: str, token: str | Secret) -> Endpoint:
    """`url` is the server's own, as people see it; the API is below it."""
    return Endpoint(
        VENDOR, url.rstrip("/") + "/api/v3", secret(token), refuses=_refuses_token, id_header="X-authentik-id"
    )


class Authentik:
    def __init__(self, api: Api) -> None:
        self.groups = Groups(api)
        self.users = Users(api)
        self.applications = Applications(api)


def _refuses_token(status: int, body: object) -> bool:
    detail = body.get("detail") if isinstance(body, dict) else None
    return status == 401 or (status == 403 and detail in TOKEN_TEXTS)
