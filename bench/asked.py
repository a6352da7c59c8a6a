"""What is asked of a warm handler, as events of the gateway."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from infra.local.gateway.events import Call, event_for
from infra.local.gateway.messages import Incoming
from infra.local.gateway.routes import Match
from tests.builders import OPERATOR_ISSUER, a_principal

SUBJECT = "bench-operator"


@dataclass(frozen=True)
class Asked:
    """One kind of request. `{number}` in its target or body becomes the number of the call."""

    method: str
    target: str
    resource: str
    status: int
    body: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.target}"

    def event(self, number: int) -> dict[str, Any]:
        """The event of the call with that number, with the operator as the authorizer's context."""
        match = Match(self.resource, {"slug": "tenant-7"} if "{slug}" in self.resource else {})
        body = self.body.replace("{number}", str(number)).encode()
        headers = (("Host", "localhost"), ("Content-Type", "application/json"))
        incoming = Incoming(self.method, self.target, headers, body, "127.0.0.1")
        return event_for(Call(incoming, match, f"bench-{number}"), _operator(), ())


REQUESTS = (
    Asked("GET", "/health", "/health", 200),
    Asked("GET", "/tenants/tenant-7", "/tenants/{slug}", 200),
    Asked("GET", "/tenants?limit=50", "/tenants", 200),
    Asked(
        "POST",
        "/tenants",
        "/tenants",
        201,
        json.dumps({"slug": "new-{number}", "name": "New", "domains": ["new-{number}.test"]}),
    ),
)


def _operator() -> dict[str, str]:
    expires_at = int(time.time()) + 600
    given = {"issuer": OPERATOR_ISSUER, "subject": SUBJECT, "audience": "dezky-operator"}
    return a_principal(**given, expires_at=expires_at).to_context()
