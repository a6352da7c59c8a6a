"""Requests and answers, as the gateway passes them between its parts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from infra.local.gateway.refusals import Refusal

BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
JOINED_BY = {"cookie": "; "}  # RFC 9113 8.2.3; all else by RFC 9110 5.3


@dataclass(frozen=True)
class Incoming:
    """One whole request: `target` as on the request line, `headers` in the order they came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, wanted: str) -> str:
        """All values of that name, joined; empty when there is none."""
        wanted = wanted.lower()
        joined_by = JOINED_BY.get(wanted, ", ")
        return joined_by.join(value for name, value in self.headers if name.lower() == wanted)

    def header_names(self) -> list[str]:
        """Every name once, spelled as it came first."""
        first = {name.lower(): name for name, _ in reversed(self.headers)}
        return list(reversed(first.values()))

    def header_values(self, wanted: str) -> list[str]:
        return [value for name, value in self.headers if name.lower() == wanted.lower()]


@dataclass(frozen=True)
class Answer:
    """Status, headers and body; the server adds the length and the date."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def plus(self, *headers: tuple[str, str]) -> "Answer":
        return Answer(self.status, (*self.headers, *headers), self.body)

    def on_the_wire(self, method: str, more: Iterable[tuple[str, str]]) -> bytes:
        """The bytes to send, in one piece. Raises ValueError for a header that HTTP cannot carry."""
        headers = [*self.headers, *more]
        if self.status not in BODILESS:
            headers.append(("Content-Length", str(len(self.body))))
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}", *map(_line, headers), "", ""]
        is_bodiless = method == "HEAD" or self.status in BODILESS
        return "\r\n".join(lines).encode("latin-1") + (b"" if is_bodiless else self.body)


def problem(refusal: Refusal, request_id: str) -> Answer:
    """A refusal as problem+json (RFC 9457)."""
    document = {
        "type": f"urn:dezky:problem:{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "requestId": request_id,
    }
    headers = (("Content-Type", "application/problem+json"), ("x-amzn-RequestId", request_id))
    return Answer(refusal.status, headers, json.dumps(document).encode())


def _line(header: tuple[str, str]) -> str:
    name, value = header
    if any(mark in name + value for mark in "\r\n\0"):
        raise ValueError("a header holds a line break")
    return f"{name}: {value}"


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
