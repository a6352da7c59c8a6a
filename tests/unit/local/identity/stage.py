"""A provider on a free port, a browser, and an application that uses them as the protocol wants."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests

from infra.local.emulators.server import Server
from infra.local.identity.seed import PASSWORD
from infra.local.identity.settings import IdentitySettings
from infra.local.identity.world import World

CALLBACKS = {
    "dezky-operator": "http://localhost:8000/operator/auth/oidc/callback",
    "dezky-portal": "http://localhost:8000/auth/oidc/callback",
}
SIGNED_OUT = "http://localhost:8000/signed-out"
API_TOKEN = "a-token-for-tests"
SCOPE = "openid email profile groups offline_access"
TIMEOUT = 10


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


def settings(**changed: Any) -> IdentitySettings:
    return IdentitySettings(
        public_url=changed.pop("public_url", "http://localhost:9000"),
        api_token=API_TOKEN,
        state=changed.pop("state", None),
        redirect_uris={slug: (url,) for slug, url in CALLBACKS.items()},
        post_logout_redirect_uris=dict.fromkeys(CALLBACKS, (SIGNED_OUT,)),
        **changed,
    )


@dataclass
class Provider:
    """A running provider, and a look behind the scenes."""

    world: World
    server: Server
    clock: Clock

    @property
    def url(self) -> str:
        return self.server.url

    def issuer(self, application: str) -> str:
        return f"{self.url}/application/o/{application}/"

    def api(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {API_TOKEN}", **more.pop("headers", {})}
        return requests.request(method, f"{self.url}/api/v3{path}", headers=headers, timeout=TIMEOUT, **more)


@dataclass
class App:
    """An application as the provider meets it, together with one browser."""

    provider: Provider
    slug: str = "dezky-portal"
    browser: requests.Session = field(default_factory=requests.Session)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    redirect_uri: str = ""

    def __post_init__(self) -> None:
        self.redirect_uri = self.redirect_uri or CALLBACKS[self.slug]

    def request(self, **changed: Any) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self.slug,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changed,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def authorize(self, **changed: Any) -> requests.Response:
        address = f"{self.provider.url}/application/o/authorize/"
        asked = self.request(**changed)
        return self.browser.get(address, params=asked, allow_redirects=False, timeout=TIMEOUT)

    def fill_in(self, form: requests.Response, username: str, password: str = PASSWORD) -> requests.Response:
        filled = {"csrf_token": csrf_token(form), "username": username, "password": password}
        return self.browser.post(form.url, data=filled, allow_redirects=False, timeout=TIMEOUT)

    def sign_in(self, username: str, password: str = PASSWORD, **changed: Any) -> requests.Response:
        return self.fill_in(self.authorize(**changed), username, password)

    def code(self, username: str = "member@acme.test", **changed: Any) -> str:
        return returned(self.sign_in(username, **changed))["code"]

    def redeem(self, code: str, /, **changed: Any) -> requests.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.token({**form, "code_verifier": self.verifier, **changed})

    def refresh(self, refresh_token: str, /, **changed: Any) -> requests.Response:
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **changed})

    def token(self, form: dict[str, Any], auth: tuple[str, str] | None = None) -> requests.Response:
        return requests.post(
            f"{self.provider.url}/application/o/token/",
            data={name: value for name, value in form.items() if value is not None},
            auth=auth or (self.slug, f"{self.slug}-local-secret"),
            timeout=TIMEOUT,
        )

    def tokens(self, username: str = "member@acme.test", **changed: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.redeem(self.code(username, **changed)).json()
        return answer

    def userinfo(self, access_token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {access_token}"}
        return requests.get(f"{self.provider.url}/application/o/userinfo/", headers=headers, timeout=TIMEOUT)

    def claims(self, token: str) -> dict[str, Any]:
        """Verified with the published key, as a careful application would."""
        keys = requests.get(f"{self.provider.issuer(self.slug)}jwks/", timeout=TIMEOUT).json()
        by_id = {key["kid"]: jwt.PyJWK(key) for key in keys["keys"]}
        return jwt.decode(
            token,
            by_id[jwt.get_unverified_header(token)["kid"]],
            algorithms=["RS256"],
            audience=self.slug,
            issuer=self.provider.issuer(self.slug),
            options={"verify_exp": False, "verify_iat": False},  # the provider's clock stands still
        )


def returned(response: requests.Response) -> dict[str, str]:
    """What the redirect back to the application carries."""
    assert response.status_code == 302, response.text
    query = parse_qs(urlsplit(response.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def csrf_token(form: requests.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert found, form.text
    return found[1]
