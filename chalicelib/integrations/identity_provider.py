"""The identity provider's token endpoint over HTTP: a form out, one small JSON object back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
import urllib3

from chalicelib.errors import ProviderAway
from chalicelib.integrations.bounded import BoundedAdapter

CONNECT, WHOLE = 2.0, 4.0  # seconds, to be connected and for the whole answer; less than a renewal's lease
LARGEST = 150_000  # bytes
CHUNK = 65_536  # bytes
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}


class ClientAuth(Protocol):
    """How Authlib adds the client's secret to a request."""

    def prepare(self, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, Any, Any]: ...


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """What Authlib's client asks of an HTTP answer."""

    status_code: int
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """Raises ValueError."""
        try:
            return json.loads(self.content.decode())
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def raise_for_status(self) -> None:
        """Raises ProviderAway for a failure."""
        if self.status_code >= 400:
            raise ProviderAway(f"status-{self.status_code}")


class FormPosts:
    """Transport for Authlib's client. Keeps neither connections nor cookies: these calls are rare."""

    def __init__(self, whole: float = WHOLE) -> None:
        self._whole = whole

    def post(
        self,
        url: str,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: ClientAuth | None = None,
    ) -> FormAnswer:
        """Sent once, whatever happens: codes and refresh tokens work once. Raises ProviderAway."""
        sent = {**HEADERS, **(headers or {})}
        if auth is not None:
            _, sent, _ = auth.prepare("POST", url, sent, "")
        try:
            with requests.Session() as http:
                http.trust_env = False  # no proxy and no .netrc: the secret goes to the provider only
                http.mount("https://", BoundedAdapter())
                http.mount("http://", BoundedAdapter())
                with self._response(http, url, data or {}, sent) as response:
                    return FormAnswer(response.status_code, _content(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            raise ProviderAway("no-answer") from None  # without the cause: it may quote an address

    def _response(
        self, http: requests.Session, url: str, data: Mapping[str, str], headers: Mapping[str, str]
    ) -> requests.Response:
        limits = (CONNECT, self._whole)
        return http.post(url, data=data, headers=headers, timeout=limits, allow_redirects=False, stream=True)


def _content(response: requests.Response) -> bytes:
    content = bytearray()
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        content += chunk
        if len(content) > LARGEST:
            raise ProviderAway("answer-too-long")
    return bytes(content)
