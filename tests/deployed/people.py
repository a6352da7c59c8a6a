"""People who call the deployed API, with tokens or as a browser would."""

from __future__ import annotations

import re
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import requests

from infra.local.identity.sign_in import sign_in
from infra.local.settings import PASSWORD
from tests.deployed.platform import Platform

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
SLOW = 60  # seconds: a cold start on a busy machine


class Person:
    """Someone with a token of one of the two applications."""

    def __init__(self, platform: Platform, address: str, application: str = "dezky-operator") -> None:
        tokens = sign_in(platform.settings.identity_url, application, address, PASSWORD)
        self._url = platform.url
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, f"{self._url}{path}", json=body, headers=self.headers, timeout=SLOW, **more
            )

    def get(self, path: str) -> requests.Response:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.call("POST", path, body)

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.call("PATCH", path, body)


def timed(call: Any) -> tuple[Any, float]:
    """What it answers, and the milliseconds that took."""
    began = time.monotonic()
    answer = call()
    return answer, (time.monotonic() - began) * 1000


class Visitor:
    """Someone with a browser, at one of the portals.

    Like browsers, and unlike requests, it sends cookies that want TLS to localhost without.
    """

    def __init__(self, platform: Platform, surface: str) -> None:
        self._start = f"{platform.url}/{surface}"
        jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(jar))

    def sign_in(self, address: str) -> tuple[int, str, str]:
        """Through the provider's form, and back to the portal: status, address and text of where it ends."""
        _, provider, form = self._open(f"{self._start}/auth/oidc/login")
        (token,) = CSRF.findall(form)
        filled = {"csrf_token": token, "username": address, "password": PASSWORD}
        return self._open(provider, urlencode(filled).encode())

    def get(self, path: str) -> tuple[int, str, str]:
        return self._open(f"{self._start}{path}")

    def _open(self, url: str, form: bytes | None = None) -> tuple[int, str, str]:
        try:
            answer = self._browser.open(url, form, timeout=SLOW)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.url, answer.read().decode()
