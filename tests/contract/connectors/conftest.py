"""Each connector against its vendor's emulator, on a free port; a bench looks behind the scenes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from chalicelib.domain.steps import Connector
from chalicelib.domain.tenant import Tenant
from chalicelib.reconcile.walk import Walk

TIMEOUT = 5


class Bench:
    """A vendor's emulator and the connector that works on it."""

    def __init__(self, url: str, connector: Connector[Any], ask: Callable[..., requests.Response]) -> None:
        self.url = url
        self.connector = connector
        self.ask = ask  # (method, path, **more): as a vendor's own administrator

    def reconcile(self, tenant: Tenant) -> dict[str, str]:
        return Walk(self.connector, tenant, lambda: True).go()

    def fault(self, fault: str, **more: Any) -> None:
        answer = requests.post(f"{self.url}/_faults", json={"fault": fault, **more}, timeout=TIMEOUT)
        assert answer.status_code == 201, answer.text

    def heal(self) -> None:
        requests.delete(f"{self.url}/_faults", timeout=TIMEOUT)

    def forget(self) -> None:
        """Begin counting requests again."""
        requests.delete(f"{self.url}/_requests", timeout=TIMEOUT)

    def writes(self) -> list[dict[str, Any]]:
        return self._requests("write")

    def reads(self) -> list[dict[str, Any]]:
        return self._requests("read")

    def _requests(self, kind: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/_requests", params={"kind": kind}, timeout=TIMEOUT)
        listed: list[dict[str, Any]] = answer.json()["requests"]
        return listed
