"""GatewayClient: the platform's own API, called through its gateway on behalf of someone who is signed in."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import requests
import urllib3

from chalicelib.errors import GatewayAway

CONNECT, READ, TOTAL = 2.0, 10.0, 15.0  # seconds; a portal's function has 29 in all
LARGEST = 5_000_000  # bytes
CHUNK = 65_536  # bytes
SIDE_BY_SIDE = 4  # calls of one page


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. `path` holds no host: a portal reaches its own gateway and nothing else."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """`body` is the parsed JSON, or None where there was none; `headers` are looked up in any case."""

    status: int
    body: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class GatewayClient:
    """Safe to share between threads and people: it keeps connections, never who asked."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy and no .netrc: the bearer token goes to the gateway only
        self._http.mount("https://", _adapter())
        self._http.mount("http://", _adapter())

    def send(self, token: str, asked: Ask) -> Answered:
        """The answer, whatever its status. Raises GatewayAway when there is none that makes sense."""
        end = time.monotonic() + TOTAL
        try:
            with self._response(token, asked) as response:
                return _answered(response, _content(response, end))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise GatewayAway from error

    def send_all(self, token: str, asked: Sequence[Ask]) -> list[Answered]:
        """The answers in the order of the asking; several calls go side by side."""
        if len(asked) == 1:
            return [self.send(token, asked[0])]
        return list(_threads().map(lambda each: self.send(token, each), asked))

    def _response(self, token: str, asked: Ask) -> requests.Response:
        return self._http.request(
            asked.method,
            self._url + asked.path,
            params=asked.params,
            json=asked.json,
            headers={"Accept": "application/json", **asked.headers, "Authorization": f"Bearer {token}"},
            timeout=(CONNECT, READ),
            allow_redirects=False,
            stream=True,
        )


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="gateway")


def _adapter() -> requests.adapters.HTTPAdapter:
    return requests.adapters.HTTPAdapter(pool_maxsize=16)


def _content(response: requests.Response, end: float) -> bytes:
    content = bytearray()
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        content += chunk
        if len(content) > LARGEST or time.monotonic() > end:
            raise GatewayAway
    return bytes(content)


def _answered(response: requests.Response, content: bytes) -> Answered:
    try:
        body = json.loads(content) if content else None
    except (ValueError, RecursionError):
        raise GatewayAway from None
    return Answered(response.status_code, body, response.headers)
