"""Sign in as a person would: authorization request, form, code, tokens. There is no back door."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from infra.local.identity.seed import TERMINAL

SCOPE = "openid email profile groups offline_access"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
ALERT = re.compile(r'role="alert"[^>]*>([^<]+)<')
PATIENCE = 10  # seconds


class SignInFailedError(Exception):
    """Nobody was signed in; the message is one line for the person at the terminal."""


def sign_in(url: str, application: str, username: str, password: str) -> dict[str, Any]:
    """The token response for `username` in one of the two portals (client id = slug).

    Raises   SignInFailedError when the provider is not running or refuses the person
    """
    try:
        return _signed_in(url.rstrip("/"), application, (username, password))
    except requests.RequestException as error:
        raise SignInFailedError(f"The identity provider does not answer at {url}: is it running?") from error


def _signed_in(url: str, application: str, person: tuple[str, str]) -> dict[str, Any]:
    verifier = secrets.token_urlsafe(48)
    with requests.Session() as browser:
        browser.trust_env = False  # no proxy stands between two programs on one machine
        metadata = _metadata(browser, url, application)
        request = _request(metadata, application, verifier)
        code = _code(browser, metadata["authorization_endpoint"], request, person)
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        answer = browser.post(
            metadata["token_endpoint"],
            data={**form, "redirect_uri": request["redirect_uri"]},
            auth=(application, f"{application}-local-secret"),
            timeout=PATIENCE,
        )
    tokens: dict[str, Any] = answer.json()
    if answer.status_code != 200:
        raise SignInFailedError(f"The provider gave no token: {tokens.get('error_description', tokens)}")
    return tokens


def _metadata(browser: requests.Session, url: str, application: str) -> dict[str, Any]:
    address = f"{url}/application/o/{application}/.well-known/openid-configuration"
    answer = browser.get(address, timeout=PATIENCE)
    if answer.status_code != 200:
        raise SignInFailedError(f"There is no application {application!r} at {url}")
    metadata: dict[str, Any] = answer.json()
    return metadata


def _request(metadata: dict[str, Any], application: str, verifier: str) -> dict[str, str]:
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    public_url = metadata["issuer"].removesuffix(f"/application/o/{application}/")
    return {
        "response_type": "code",
        "client_id": application,
        "redirect_uri": f"{public_url}{TERMINAL}",
        "scope": SCOPE,
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }


def _code(browser: requests.Session, address: str, request: dict[str, str], person: tuple[str, str]) -> str:
    """Fill in the form. Raises SignInFailedError with what the page says."""
    form = browser.get(address, params=request, timeout=PATIENCE)
    token = CSRF.search(form.text)
    if token is None:
        raise SignInFailedError(f"The provider answered {form.status_code} instead of its sign-in page")
    filled = {"csrf_token": token[1], "username": person[0], "password": person[1]}
    answer = browser.post(form.url, data=filled, allow_redirects=False, timeout=PATIENCE)
    if answer.status_code == 403:
        raise SignInFailedError(f"{person[0]} has no access to {request['client_id']}")
    if answer.status_code != 302:
        said = ALERT.search(answer.text)
        raise SignInFailedError(said[1] if said else f"The provider answered {answer.status_code}")
    returned = parse_qs(urlsplit(answer.headers["Location"]).query)
    if returned.get("state") != [request["state"]] or "code" not in returned:
        raise SignInFailedError("The provider sent no code back")
    return returned["code"][0]
