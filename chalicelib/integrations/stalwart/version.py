"""Stalwart: whether it is managed by JMAP. No call that we know of tells its version."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.provisioning import Integration
from chalicelib.integrations.calls import Call, Shape
from chalicelib.integrations.downstream import Api

MANAGEMENT = "urn:stalwart:jmap"  # there is none before 0.16, which ended the REST API


class _Session(Shape):
    capabilities: dict[str, Any]


class StalwartVersion:
    integration: Integration = "stalwart"

    def __init__(self, api: Api) -> None:
        self._api = api

    def version(self) -> str:
        """The first version that can do what this one can, or "before 0.16".

        Sends    GET /jmap/session  ->  200 {"capabilities": {"urn:stalwart:jmap": {}, …}, …}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   RFC 8620, section 2; Stalwart 0.16, JMAP management API
        """
        session = self._api.send(Call("GET", "/jmap/session", is_read=True)).shaped(_Session)
        return "0.16" if MANAGEMENT in session.capabilities else "before 0.16"
