"""The whole way of a sign-in: a browser, the operator portal behind its gateway, the provider, a database."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from chalicelib import portal_wiring
from chalicelib.config import Settings
from chalicelib.errors import ProviderAway
from chalicelib.integrations.identity_provider import FormAnswer, FormPosts
from chalicelib.repositories.mongo import Mongo
from infra.local.identity.leaving import announce
from infra.local.identity.seed import PASSWORD
from infra.local.identity.world import World

OPERATOR, SUPPORT, OWNER = "operator@dezky.local", "support@dezky.local", "owner@acme.test"
COOKIE = "__Host-operator_session"
SIGN_IN = "__Host-operator_signin_"
TIMEOUT = 20
OPERATOR_KEYS = "k1:YSB0ZXN0IGtleSBvZiBvcGVyYXRvcnMsIG5vdGhpbmc"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

A_TOKEN = re.compile(r"eyJ[\w-]{8,}\.eyJ")  # three letters alone stand in many a sealed text
DONE: list[str] = []  # what the portal's one form has done
ASKED: list[tuple[str, dict[str, str]]] = []  # what the API was asked, with which headers


class Clock:
    """The time of day for portal and provider alike; it goes on, and can be moved."""

    def __init__(self) -> None:
        self.moved = 0.0

    def time(self) -> float:
        return time.time() + self.moved

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def move(self, **spans: float) -> None:
        self.moved += sum(span * {"minutes": 60, "hours": 3600}.get(name, 1) for name, span in spans.items())


class Wire:
    """The real transport to the provider, which notes what is sent and can be made to answer otherwise."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.instead: list[Callable[[Any], Any]] = []  # each is used once, in this order
        self.after: Callable[[Any], Any] = lambda answer: answer
        self.tokens: set[str] = set()  # every token that the provider ever gave

    def post(self, url: str, data: Any = None, headers: Any = None, auth: Any = None) -> Any:
        self.sent.append((urlsplit(url).path, dict(data or {})))
        if self.instead:
            return self.instead.pop(0)(data)
        answer = FormPosts().post(url, data=data, headers=headers, auth=auth)
        self.tokens |= {str(value) for name, value in answer.json().items() if name.endswith("_token")}
        return self.after(answer)

    def grants(self, kind: str) -> list[dict[str, str]]:
        return [form for _, form in self.sent if form.get("grant_type") == kind]


def answering(status: int, body: bytes) -> Callable[[Any], FormAnswer]:
    return lambda data: FormAnswer(status, body)


def away(data: Any) -> FormAnswer:
    raise ProviderAway("no-answer")


@dataclass
class Stage:
    """
    url       of the gateway, without a slash at its end
    issuer    of the operator portal's application
    """

    url: str
    world: World
    provider_url: str
    clock: Clock
    wire: Wire
    mongo: Mongo
    seen: list[requests.Response] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"{self.provider_url}/application/o/dezky-operator/"

    def browser(self) -> Browser:
        return Browser(self)

    def signed_in(self, who: str = OPERATOR) -> Browser:
        browser = self.browser()
        response = browser.sign_in(who)
        assert response.status_code == 303, response.text
        return browser

    def sessions(self) -> list[dict[str, Any]]:
        return list(self.mongo.collection("sessions").find())

    def used_up(self) -> int:
        return self.mongo.collection("spentOnce").count_documents({})

    def now(self, seconds: float = 0) -> datetime:
        return datetime.fromtimestamp(self.clock.time() + seconds, UTC)

    def announce(self) -> None:
        """The provider tells its applications what has ended, as it does after each request."""
        for thread in announce(self.world):
            thread.join(TIMEOUT)

    def break_provider(self) -> None:
        """From now on it says of itself that it is somebody else."""
        self.world.settings = replace(self.world.settings, public_url="https://evil.test")

    def is_session(self, cookie: str | None) -> bool:
        header = None if cookie is None else f"{COOKIE}={cookie}"
        return portal_wiring.sessions("operator").find(header) is not None


@dataclass
class Browser:
    """Keeps cookies as a browser does that knows the prefix __Host-; goes where it is told, step by step."""

    stage: Stage
    cookies: dict[str, str] = field(default_factory=dict)
    at_provider: requests.Session = field(default_factory=requests.Session)

    @property
    def session(self) -> str | None:
        return self.cookies.get(COOKIE)

    @property
    def transactions(self) -> list[str]:
        return [name for name in self.cookies if name.startswith(SIGN_IN)]

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, form: Any = None, **headers: str) -> requests.Response:
        """A form of our own page; `headers` can say otherwise."""
        ours = {"Origin": self.stage.url, "Sec-Fetch-Site": "same-origin", **FORM, **headers}
        return self.call("POST", path, data=form or {}, headers={k: v for k, v in ours.items() if v})

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {**self._cookie_header(), **more.pop("headers", {})}
        address = urljoin(self.stage.url, path)
        response = requests.request(
            method, address, headers=headers, allow_redirects=False, timeout=TIMEOUT, **more
        )
        self._keep(response)
        self.stage.seen.append(response)
        return response

    def begin(self, query: str = "") -> str:
        """Where the portal sends the browser: the provider's address with the request."""
        response = self.get(f"/operator/auth/oidc/login{query}")
        assert response.status_code == 303, response.text
        return response.headers["Location"]

    def at_the_provider(self, address: str, who: str = OPERATOR) -> str:
        """Sign in there; the callback's address is the answer."""
        page = self.at_provider.get(address, allow_redirects=False, timeout=TIMEOUT)
        if page.status_code == 200:
            token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
            assert token, page.text
            filled = {"csrf_token": token[1], "username": who, "password": PASSWORD}
            page = self.at_provider.post(page.url, data=filled, allow_redirects=False, timeout=TIMEOUT)
        assert page.status_code == 302, page.text
        return page.headers["Location"]

    def sign_in(self, who: str = OPERATOR, query: str = "") -> requests.Response:
        return self.get(self.at_the_provider(self.begin(query), who))

    def csrf(self) -> str:
        opened = portal_wiring.sessions("operator").find(self._cookie_header().get("Cookie"))
        assert opened
        return opened.csrf

    def sign_out(self) -> requests.Response:
        return self.post("/operator/auth/logout", {"csrf": self.csrf()})

    def _cookie_header(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    def _keep(self, response: requests.Response) -> None:
        for line in set_cookies(response):
            name, _, rest = line.partition("=")
            value, _, flags = rest.partition(";")
            if name.startswith("__Host-"):
                assert {"Path=/", "Secure"} <= {flag.strip() for flag in flags.split(";")}
                assert "domain" not in flags.lower()
            if "Max-Age=0" in flags:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def set_cookies(response: requests.Response) -> list[str]:
    return list(response.raw.headers.getlist("Set-Cookie"))


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def portal_settings(url: str, provider_url: str, mongodb_uri: str, **given: Any) -> Settings:
    issuers = [f"{provider_url}/application/o/{each}/" for each in ("dezky-operator", "dezky-portal")]
    return Settings(
        stage="local",
        issuers=",".join(issuers),
        audiences="dezky-operator,dezky-portal",
        mongodb_uri=mongodb_uri,
        mongodb_database="dezky_test",
        internal_url=url,
        operator_public_url=url,
        operator_client_secret="dezky-operator-local-secret",
        operator_session_keys=OPERATOR_KEYS,
        customer_public_url=url,
        customer_client_secret="dezky-portal-local-secret",
        customer_session_keys="k1:" + "B" * 42 + "A",
        **given,
    )
