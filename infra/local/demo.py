"""Demo data, made as people would make it: through the API, with tokens of the identity provider."""

import os
from collections.abc import Mapping
from typing import Any

import requests

from infra.aws import grant_operator
from infra.local import demo_zones
from infra.local.demo_data import MEMBER, PARTNERS, SUSPENDED, TENANTS, TERMS
from infra.local.identity.sign_in import sign_in
from infra.local.settings import PASSWORD, LocalSettings, from_environment

OPERATOR = "operator@dezky.local"
SUPPORT = "support@dezky.local"
PATIENCE = 15  # seconds
Body = Mapping[str, Any]


class NotFilled(Exception):
    """The API did not take the demo data; the message says which and why."""


def main() -> None:
    settings = from_environment(os.environ)
    demo_zones.fill(settings)
    fill(settings)


def fill(settings: LocalSettings) -> None:
    """Make the demo data; what is there already stays as it is. Raises NotFilled."""
    Visitor(settings, SUPPORT).get("/me")  # the first sign-in makes the user, without any rights
    if grant_operator.main(["--email", OPERATOR]) != 0:
        raise NotFilled(f"{OPERATOR} cannot be made a platform admin")
    operator = Visitor(settings, OPERATOR)
    operator.get("/me")
    partners = {body["slug"]: _partner_id(operator, body) for body in PARTNERS}
    for body in TENANTS:
        wanted = {**body, "partnerId": partners[body["partnerId"]]} if "partnerId" in body else body
        operator.post("/tenants", wanted, key=f"demo-tenant-{body['slug']}")
    for slug, terms in TERMS.items():
        operator.put_first(f"/tenants/{slug}/subscription", terms)
    operator.post("/tenants/acme/users", MEMBER, key="demo-member")
    for slug, reason in SUSPENDED.items():
        operator.post(f"/tenants/{slug}/suspend", {"reason": reason}, key=f"demo-suspend-{slug}")


def _partner_id(operator: "Visitor", body: Body) -> str:
    operator.post("/partners", body, key=f"demo-partner-{body['slug']}")
    return str(operator.get(f"/partners/{body['slug']}")["id"])


class Visitor:
    """Someone who signed in to the operator portal, and calls the API with the token."""

    def __init__(self, settings: LocalSettings, address: str) -> None:
        token = sign_in(settings.identity_url, "dezky-operator", address, PASSWORD)["access_token"]
        self._url = settings.gateway_url
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands between two programs on one machine
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> dict[str, Any]:
        """Raises NotFilled."""
        answer = self._session.get(f"{self._url}{path}", timeout=PATIENCE)
        if answer.status_code != 200:
            raise NotFilled(f"GET {path} answered {answer.status_code}: {answer.text}")
        body: dict[str, Any] = answer.json()
        return body

    def post(self, path: str, body: Body, key: str) -> None:
        """What exists already (409) is well. Raises NotFilled."""
        headers = {"Idempotency-Key": key}
        answer = self._session.post(f"{self._url}{path}", json=body, headers=headers, timeout=PATIENCE)
        if answer.status_code >= 400 and answer.status_code != 409:
            raise NotFilled(f"POST {path} answered {answer.status_code}: {answer.text}")

    def put_first(self, path: str, body: Body) -> None:
        """What was changed already (412) is well. Raises NotFilled."""
        answer = self._session.put(
            f"{self._url}{path}", json=body, headers={"If-Match": '"1"'}, timeout=PATIENCE
        )
        if answer.status_code not in {200, 409, 412}:
            raise NotFilled(f"PUT {path} answered {answer.status_code}: {answer.text}")


if __name__ == "__main__":
    main()
