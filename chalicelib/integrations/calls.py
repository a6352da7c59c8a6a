"""Calls and their answers, as plain values; `downstream` sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
from pydantic import BaseModel, ConfigDict, ValidationError
from requests.auth import AuthBase

from chalicelib.domain.secret import Secret
from chalicelib.errors import Misconfigured, TryLater


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    vendor    its name, for messages
    url       the base of all paths, without a slash at its end
    secret    what opens it; `auth` says how that is sent
    refuses   whether (status, body) says that our credentials are not accepted
    id_header in which the vendor, or a proxy before it, names each request for its log
    """

    vendor: str
    url: str
    secret: Secret = field(repr=False)
    auth: Callable[[str], AuthBase] = Bearer
    refuses: Callable[[int, object], bool] = lambda status, _: status == 401
    id_header: str = "X-Request-Id"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, tries and bytes that a call may take; `total` is for all its tries together.

    read   from the request to the last byte of the answer
    """

    connect: float = 2.0
    read: float = 10.0
    total: float = 15.0
    tries: int = 3
    size: int = 5_000_000


BRIEF = Patience(read=3.0, total=4.0, tries=1)  # for what is nice to know


@dataclass(frozen=True, slots=True)
class Call:
    """
    accept   the statuses that are answers; every other one is a failure
    is_read  it changes nothing, so that it may be tried again at once
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: tuple[int, ...] = (200,)
    is_read: bool = False


class Shape(BaseModel):
    """What we rely on in an answer. Fields that are not named are ignored; no text is taken for a number."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True)
class Answer:
    vendor: str
    status: int
    body: Any = field(default=None, repr=False)

    def shaped(self, shape: type[S]) -> S:
        """The body as `shape`. Raises TryLater "unexpected-answer"."""
        return shaped(self.vendor, shape, self.body)


def shaped(vendor: str, shape: type[S], body: object) -> S:
    """`body` as `shape`; TryLater "unexpected-answer" for any other, never half or none of it."""
    try:
        return shape.model_validate(body)
    except ValidationError:
        raise unexpected(vendor) from None  # its text quotes the body


def unexpected(vendor: str) -> TryLater:
    return TryLater("unexpected-answer", f"{vendor} answered something that makes no sense")


def base_url(url: str, variable: str, *, is_local: bool) -> str:
    """`url` without a slash at its end. Raises Misconfigured for one that is not https, but locally."""
    if not url.startswith(("https://", "http://") if is_local else "https://"):
        raise Misconfigured(f"{variable} must be an https:// address")
    return url.rstrip("/")


def credential(value: str, variable: str) -> str:
    """Raises Misconfigured, naming `variable`, when there is none."""
    if not value:
        raise Misconfigured(f"{variable} is missing")
    return value
