"""Authentik, as far as it makes links."""

from __future__ import annotations

LINK = "https://id.dezky.test/if/flow/recovery/?flow_token=canary-of-a-link"


class FakeLinks:
    """Authentik, as far as it makes links: for the accounts that it has."""

    def __init__(self) -> None:
        self.accounts: set[str] = set()

    def link(self, user_id: str, address: str) -> str | None:
        return LINK if address in self.accounts else None
