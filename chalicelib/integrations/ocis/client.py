"""oCIS: where its LibreGraph API is, and the calls to it, by subject."""

from __future__ import annotations

from requests.auth import HTTPBasicAuth

from chalicelib.domain.secret import Secret, secret
from chalicelib.integrations.calls import Endpoint
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.answers import VENDOR
from chalicelib.integrations.ocis.groups import Groups
from chalicelib.integrations.ocis.sharing import Sharing
from chalicelib.integrations.ocis.spaces import Spaces
from chalicelib.integrations.ocis.users import Users


def endpoint(url: str, username: str, app_token: str | Secret) -> Endpoint:
    """`url` is the server's own, as people see it; the API is below it."""

    def auth(token: str) -> HTTPBasicAuth:
        return HTTPBasicAuth(username.encode(), token.encode())

    return Endpoint(VENDOR, url.rstrip("/") + "/graph", secret(app_token), auth)


class Ocis:
    """`url` as in `endpoint`: references to users begin with it, though the server reads only their end."""

    def __init__(self, api: Api, url: str = "") -> None:
        self.spaces = Spaces(api)
        self.sharing = Sharing(api)
        self.users = Users(api)
        self.groups = Groups(api, f"{url.rstrip('/')}/graph")
