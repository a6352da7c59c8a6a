"""A portal as a browser without script sees it: real pages over the real API, without the sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import requests

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.sealing import KeyRing
from chalicelib.auth.surface import Surface
from chalicelib.domain.secret import secret
from chalicelib.domain.session import Session
from chalicelib.errors import SessionEnded
from tests.builders import CUSTOMER_ISSUER, OPERATOR_ISSUER
from tests.http.api import Api, Person

CSRF = "a-token-that-only-our-own-pages-have"
KEYS = "k1:" + "A" * 43


APPLICATIONS = {
    "operator": (OPERATOR_ISSUER, "dezky-operator"),
    "customer": (CUSTOMER_ISSUER, "dezky-portal"),
}


def a_surface(public_url: str, name: str = "operator") -> Surface:
    address, audience = APPLICATIONS[name]
    issuer = TrustedIssuer(address, audience, "RS256", f"{address}jwks/")
    return Surface(name, public_url, issuer, secret("client-secret"), KeyRing(name, KEYS))


@dataclass
class OpenSession:
    session: Session
    csrf: str = CSRF
    set_cookie: str | None = None


class SignedIn:
    """Sessions of people who need no provider: the cookie names the person, whose token is at hand."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}

    def find(self, cookie_header: str | None) -> OpenSession | None:
        person = self.people.get((cookie_header or "").removeprefix("person="))
        return an_open_session(person) if person else None

    def access_token(self, opened: OpenSession) -> str:
        return self.people[opened.session.subject].token

    def renewed(self, opened: OpenSession) -> str:
        raise SessionEnded

    def of(self, opened: OpenSession) -> tuple[Session, ...]:
        return (opened.session,)


def an_open_session(person: Person) -> OpenSession:
    user, now = person.user, datetime.now(UTC)
    session = Session(
        id="s" * 64,
        surface="operator",
        issuer=user.issuer,
        subject=user.subject or "",
        name=user.name,
        email=user.email or "",
        tokens="",
        created_at=now,
        seen_at=now,
        ends_at=now + timedelta(hours=8),
    )
    return OpenSession(session)


@dataclass
class Browser:
    """`get("/tenants")` answers a Shown page of the operator portal."""

    url: str
    person: Person | None = None
    surface: str = "operator"

    def get(self, path: str = "", **headers: str) -> requests.Response:
        return self._call("GET", path, None, headers)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> requests.Response:
        """A form of our own page; `headers` and `form` can say otherwise."""
        ours = {"Origin": self.url, "Sec-Fetch-Site": "same-origin", **headers}
        return self._call("POST", path, {"csrf": CSRF, **(form or {})}, ours)

    def _call(
        self, method: str, path: str, form: dict[str, str] | None, headers: dict[str, str]
    ) -> requests.Response:
        cookie = {"Cookie": f"person={self.person.user.subject}"} if self.person else {}
        address = f"{self.url}/{self.surface}{path}"
        return requests.request(
            method, address, data=form, headers=cookie | headers, allow_redirects=False, timeout=20
        )


@dataclass
class Portal:
    api: Api
    sessions: SignedIn

    def as_(self, person: Person, surface: str = "operator") -> Browser:
        self.sessions.people[person.user.subject or ""] = person
        return Browser(self.api.url, person, surface)

    def as_nobody(self) -> Browser:
        return Browser(self.api.url)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def text_of(response: requests.Response) -> str:
    """What a page says, in one line and without its markup."""
    parser = _Text()
    parser.feed(response.text)
    return " ".join(parser.words)


def location(response: requests.Response) -> str:
    """Where a redirect leads, without the host."""
    address = urlsplit(response.headers["Location"])
    return address.path + (f"?{address.query}" if address.query else "")
