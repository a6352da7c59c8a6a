"""Recovery links: how an invited person sets a password.

Source   authentik API 2026.5, core_users_recovery_create
"""

import secrets
from typing import TYPE_CHECKING

from infra.local.identity.durations import duration, seconds_of
from infra.local.identity.fields import Field, Record, read
from infra.local.identity.fixtures import RECOVERY_FLOW
from infra.local.identity.refusals import RefusedError
from infra.local.identity.sessions import digest

if TYPE_CHECKING:
    from infra.local.identity.world import World

SHORTEST_PASSWORD = 8


class Recovery:
    """Links work once and for a time."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def create(self, key: str, body: object) -> Record:
        """Raises RefusedError 400 when the instance has no recovery flow, with the vendor's odd body."""
        user = self._world.users.get(key)
        span = {"token_duration": Field(duration, default="minutes=60")}
        lasts = read(span, body or {}, partial=False)["token_duration"]
        if not self._world.is_on("recovery-flow"):
            raise RefusedError(400, {"non_field_errors": "No recovery flow set."})
        token = secrets.token_urlsafe(32)
        expires_at = self._world.clock() + seconds_of(lasts)
        self._world.table("recoveries")[digest(token)] = {"user": user["pk"], "expires_at": expires_at}
        address = f"{self._world.settings.public_url}/if/flow/{RECOVERY_FLOW}/"
        return {"link": f"{address}?flow_token={token}"}

    def user_of(self, token: str) -> Record | None:
        """Whom a live link belongs to."""
        known = self._world.table("recoveries").get(digest(token))
        if known is None or known["expires_at"] <= self._world.clock():
            return None
        return self._world.users.rows.get(str(known["user"]))

    def redeem(self, token: str, password: str) -> bool:
        """Set the password and use the link up; False when the link is not live."""
        user = self.user_of(token)
        if user is None:
            return False
        self._world.people.set_password(user, password)
        del self._world.table("recoveries")[digest(token)]
        return True
