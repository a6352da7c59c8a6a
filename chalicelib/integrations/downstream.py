"""Api: calls to a vendor, with limits on everything; its failures are turned into ours.

No message and no log line holds anything of a body, an address or a credential.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import requests
import urllib3

from chalicelib.domain import trail
from chalicelib.errors import CredentialsRefused, IntegrationFailure, NeedsPerson, TryLater, Unavailable
from chalicelib.integrations.bounded import BoundedAdapter
from chalicelib.integrations.calls import Answer, Call, Endpoint, Patience, unexpected

T = TypeVar("T")

WORTH_REPEATING = frozenset({408, 429, 502, 503, 504})
LONGEST_WISH = 900.0  # seconds of a Retry-After that are honoured
LONGEST_PAUSE = 2.0  # seconds between two tries in one run; what has to wait longer waits in the queue
CHUNK = 65_536  # bytes
IN_FLIGHT = 30.0  # seconds: a write whose answer was lost may still be under way at the vendor
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # nothing is unpacked, so no small answer becomes a large one
    "User-Agent": "dezky-platform-api",
}


class Hiccup(TryLater):
    """TryLater that is worth another try in the same run, when the call changes nothing."""


class Api:
    def __init__(
        self,
        endpoint: Endpoint,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        uniform: Callable[[], float] = random.random,
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience or Patience()
        self._sleep = sleep
        self._uniform = uniform
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc: credentials go to the vendor only
        self._session.mount("https://", BoundedAdapter())
        self._session.mount("http://", BoundedAdapter())
        self._session.headers.update(HEADERS)

    def send(self, call: Call) -> Answer:
        """Send `call`, a read up to three times, and a write once: the next run looks first.

        Raises   TryLater     "unreachable", "no-answer", "busy", "server-error", "unexpected-answer"
                 NeedsPerson  "refused": any other status of 400 and above that `accept` does not name
                 CredentialsRefused, unless they were changed meanwhile and the new ones are accepted
        """
        end = time.monotonic() + self._patience.total
        refused = self._asked_for(self._endpoint.secret.value)
        try:
            return self._sent(call, end, refused)
        except CredentialsRefused:
            newer = self._asked_for(lambda: self._endpoint.secret.renewed(refused))
            if newer is None:
                raise
        return self._sent(call, end, newer)  # also a write: what was refused has not happened

    def _asked_for(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except Unavailable:
            message = f"Our credentials for {self._endpoint.vendor} cannot be read now"
            raise TryLater("secret-unavailable", message) from None

    def _sent(self, call: Call, end: float, secret: str) -> Answer:
        for attempt in range(1, self._patience.tries):
            try:
                return self._once(call, end, secret)
            except Hiccup as hiccup:
                pause = self._pause(attempt, hiccup)
                if not call.is_read or pause > LONGEST_PAUSE or time.monotonic() + pause >= end:
                    raise
            self._sleep(pause)
        return self._once(call, end, secret)

    def _once(self, call: Call, end: float, secret: str) -> Answer:
        response = self._response(call, end, secret)
        is_accepted = response.status_code in call.accept
        if not (call.is_read and is_accepted):
            trail.note(call.method, response.status_code, response.headers.get(self._endpoint.id_header))
        with response:
            content = self._content(response, call)
        if not is_accepted:
            raise self._failure(call, response, content)
        body = None if response.status_code == 204 else self._json(response, content)
        return Answer(self._endpoint.vendor, response.status_code, body)

    def _response(self, call: Call, end: float, secret: str) -> requests.Response:
        left = max(end - time.monotonic(), 0.001)
        try:
            return self._session.request(
                call.method,
                self._endpoint.url + call.path,
                params=call.params,
                json=call.json,
                headers=call.headers,
                auth=self._endpoint.auth(secret),
                timeout=(min(self._patience.connect, left), min(self._patience.read, left)),
                allow_redirects=False,  # a redirect could carry our credentials elsewhere
                stream=True,
            )
        except requests.RequestException as error:
            raise self._lost(call, error) from error

    def _content(self, response: requests.Response, call: Call) -> bytes:
        """The whole body as it came, unless it is too long."""
        content = bytearray()
        while chunk := self._chunk(response, call):
            content += chunk
            if len(content) > self._patience.size:
                raise unexpected(self._endpoint.vendor)
        return bytes(content)

    def _chunk(self, response: requests.Response, call: Call) -> bytes:
        try:
            # What has arrived, not CHUNK bytes: an endless answer is noticed in time.
            return bytes(response.raw.read1(CHUNK, decode_content=False))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._lost(call, error) from error

    def _json(self, response: requests.Response, content: bytes) -> Any:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise unexpected(self._endpoint.vendor)
        try:
            return json.loads(content.decode())
        except (ValueError, RecursionError):
            raise unexpected(self._endpoint.vendor) from None

    def _failure(self, call: Call, response: requests.Response, content: bytes) -> IntegrationFailure:
        vendor, status = self._endpoint.vendor, response.status_code
        if self._endpoint.refuses(status, _lenient(content)):
            return CredentialsRefused("credentials-refused", f"{vendor} does not accept our credentials")
        if status in WORTH_REPEATING or status >= 500:
            return self._overload(call, response)
        if status < 400:
            return unexpected(vendor)
        return NeedsPerson("refused", f"{vendor} answered {status} to a {call.method}")

    def _overload(self, call: Call, response: requests.Response) -> TryLater:
        status = response.status_code
        delay = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if not call.is_read and status in {408, 502, 504}:
            delay = max(delay or 0.0, IN_FLIGHT)
        code = "busy" if status == 429 else "server-error"
        kind = Hiccup if status in WORTH_REPEATING else TryLater
        return kind(code, f"{self._endpoint.vendor} answered {status} to a {call.method}", delay=delay)

    def _lost(self, call: Call, error: Exception | None = None) -> Hiccup:
        if error is not None and _never_sent(error):
            return Hiccup("unreachable", f"{self._endpoint.vendor} cannot be reached")
        delay = None if call.is_read else IN_FLIGHT
        return Hiccup("no-answer", f"{self._endpoint.vendor} did not answer in time", delay=delay)

    def _pause(self, attempt: int, hiccup: Hiccup) -> float:
        return max(hiccup.delay or 0.0, self._uniform() * 0.25 * 2.0**attempt)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header: a number or a date; None for nonsense, never beyond the cap."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WISH)
    try:
        asked = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return min(max((_aware(asked) - now).total_seconds(), 0.0), LONGEST_WISH)


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _lenient(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _never_sent(error: Exception) -> bool:
    """Did it fail before the request left? Only then a write has surely not happened."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
