"""Secrets Manager: secrets by name, read on first use, remembered for a time, rotated without a deploy.

A variable such as MONGODB_URI holds the value itself, as on a laptop. MONGODB_URI_SECRET_NAME instead names
a secret of Secrets Manager whose text is the value: nothing secret stands in a function's environment.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from chalicelib.config import VARIABLES, Settings
from chalicelib.domain.secret import PlainSecret, Secret
from chalicelib.errors import Misconfigured, Unavailable

log = logging.getLogger(__name__)

MAX_AGE = 300.0  # seconds: how long a rotated secret may go unnoticed while its old value still works
LONGEST = 1_800.0  # seconds that the last value is used while Secrets Manager does not answer; never longer
HOLD_OFF = 10.0  # seconds between two reads: neither refusals nor an outage may turn into a flood of them

Fetch = Callable[[], str]
Seconds = Callable[[], float]


def secret_of(settings: Settings, field: str) -> Secret:
    """The secret behind a field of Settings: "mongodb_uri". Raises Misconfigured when there is none."""
    variable = VARIABLES[field]
    plain, name = getattr(settings, field), settings.secret_names.get(field)
    if plain and name:
        raise Misconfigured(f"{variable} and {variable}_SECRET_NAME exclude each other")
    if name:
        return ManagedSecret(variable, lambda: fetch_secret(secrets_client(), name))
    if not plain:
        raise Misconfigured(f"{variable} is missing")
    return PlainSecret(plain)


class ManagedSecret:
    """One secret that is kept elsewhere. Many threads may share it; one of them reads at a time.

    fetch   reads the value; whatever it raises means that it cannot be read now
    clock   of the day: a monotonic one stands still while a Lambda is frozen
    """

    def __init__(
        self, variable: str, fetch: Fetch, max_age: float = MAX_AGE, clock: Seconds = time.time
    ) -> None:
        self._variable = variable
        self._fetch = fetch
        self._max_age = max_age
        self._clock = clock
        self._reading = threading.Lock()
        self._known = ""
        self._known_at = self._failed_at = self._renewed_at = float("-inf")

    def value(self) -> str:
        with self._reading:
            if not self._is_within(self._max_age, self._known_at):
                self._read()
            if not self._is_within(LONGEST, self._known_at):
                raise Unavailable("A secret cannot be read now")
            return self._known

    def renewed(self, refused: str) -> str | None:
        """As promised by Secret; a refusal that repeats itself costs no further read for a while."""
        with self._reading:
            if self._known == refused and not self._is_within(HOLD_OFF, self._renewed_at):
                self._renewed_at = self._clock()
                self._read()
            return self._known if self._known != refused else None

    def _read(self) -> None:
        """Read it anew, but not soon after a failure; what was known before outlives that."""
        if self._is_within(HOLD_OFF, self._failed_at):
            return
        try:
            self._known = self._fetch()
        except Exception as error:  # noqa: BLE001 (whichever it is, the next thing to do is the same)
            self._failed_at = self._clock()
            # Not its text: that may name more than a log should hold.
            log.error("secret not read", extra={"secret": self._variable, "failure": _name_of(error)})  # noqa: TRY400
        else:
            self._known_at = self._clock()

    def _is_within(self, seconds: float, since: float) -> bool:
        """A clock that was set back makes everything old, never young for ever."""
        return 0 <= self._clock() - since < seconds


def fetch_secret(client: Any, name: str) -> str:
    """The text of a secret, without white space around it: files end with a line feed.

    Sends    GetSecretValue  {"SecretId"}  ->  {"SecretString"}
    Raises   whatever botocore does; ValueError for a secret without text
    Source   AWS Secrets Manager API 2017-10-17, GetSecretValue
    """
    text = client.get_secret_value(SecretId=name).get("SecretString", "").strip()
    if not text:
        raise ValueError("empty")
    return str(text)


@cache
def secrets_client() -> Any:
    """A client that gives up soon: a request waits for it."""
    import boto3  # noqa: PLC0415 (it takes long to import; without names of secrets nobody pays for it)
    from botocore.config import Config  # noqa: PLC0415

    retries = {"mode": "standard", "max_attempts": 2}
    return boto3.client("secretsmanager", config=Config(connect_timeout=1, read_timeout=3, retries=retries))


def _name_of(error: Exception) -> str:
    """The kind of failure: AWS's own code, where it is one of AWS."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(code or type(error).__name__)
