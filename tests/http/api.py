"""The API as a caller sees it: over HTTP, through the gateway and its authorizer, on a real database."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import requests

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.keys import KeySets
from chalicelib.auth.verifier import Verifier
from chalicelib.domain.user import User
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.users import Users
from tests.builders import CUSTOMER_ISSUER, OPERATOR_ISSUER, a_user
from tests.fakes import FakeQueue
from tests.http.described import described
from tests.security.tokens.issuing import FakeIssuers, Issuer, private_key, sign


def _issuer(address: str, audience: str) -> Issuer:
    trusted = TrustedIssuer(address, audience, "RS256", f"{address}jwks/")
    return Issuer(trusted, private_key("RS256", audience), f"kid-{audience}")


OPERATORS = _issuer(OPERATOR_ISSUER, "dezky-operator")
CUSTOMERS = _issuer(CUSTOMER_ISSUER, "dezky-portal")


def a_verifier() -> Verifier:
    keys = KeySets(FakeIssuers(OPERATORS, CUSTOMERS).fetch, time.time)
    return Verifier([OPERATORS.trusted, CUSTOMERS.trusted], keys, time.time)


def a_token(issuer: Issuer, subject: str, email: str | None = None, **claims: object) -> str:
    now = int(time.time())
    identity = {"sub": subject, "email": email, "email_verified": True if email else None, "name": None}
    return sign(issuer, issuer.claims(iat=now, exp=now + 300, auth_time=1_790_000_000, **identity | claims))


@dataclass
class Person:
    """Someone with a token; `api.as_(person)` speaks for them."""

    token: str
    user: User


class Api:
    """`get("/tenants", by=person)` answers a requests.Response."""

    def __init__(self, url: str, mongo: Mongo, queue: FakeQueue) -> None:
        self.url = url
        self.mongo = mongo
        self.queue = queue
        self._session = requests.Session()
        self._session.trust_env = False

    def call(
        self, method: str, path: str, by: Person | None = None, json: Any = None, **given: Any
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {by.token}"} if by else {}
        headers |= given.pop("headers", {})
        return described(self._session.request(method, self.url + path, json=json, headers=headers, **given))

    def get(self, path: str, by: Person | None = None, **given: Any) -> requests.Response:
        return self.call("GET", path, by, **given)

    def post(self, path: str, by: Person | None = None, json: Any = None, **given: Any) -> requests.Response:
        return self.call("POST", path, by, json, **given)

    def patch(self, path: str, by: Person | None = None, json: Any = None, **given: Any) -> requests.Response:
        return self.call("PATCH", path, by, json, **given)

    def delete(self, path: str, by: Person | None = None, **given: Any) -> requests.Response:
        return self.call("DELETE", path, by, **given)

    def operator(self, subject: str = "op-1", **fields: Any) -> Person:
        """A platform admin with an operator-scoped token."""
        return self._person(OPERATORS, subject, platform_admin=True, **fields)

    def support(self) -> Person:
        """An operator-scoped token, but no platform admin."""
        return self._person(OPERATORS, "support-1", platform_admin=False)

    def customer(self, subject: str = "cust-1", **fields: Any) -> Person:
        return self._person(CUSTOMERS, subject, **fields)

    def documents(self, collection: str) -> list[dict[str, Any]]:
        return list(self.mongo.collection(collection).find())

    def document(self, collection: str, **query: Any) -> dict[str, Any]:
        found = self.mongo.collection(collection).find_one(query)
        assert found is not None
        return found

    def _person(self, issuer: Issuer, subject: str, **fields: Any) -> Person:
        address = fields.pop("email", f"{subject}@{issuer.trusted.audience}.test")
        user = a_user(issuer=issuer.trusted.issuer, subject=subject, email=address, **fields)
        Users(self.mongo).add(user)
        return Person(a_token(issuer, subject, address), user)
