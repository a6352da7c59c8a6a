"""What a sign-in gave to an application: a code, then access tokens and perhaps a refresh token.

A grant is the family of tokens that one code gave. Codes and refresh tokens are stored as hashes; an access
token is a JWT and known here by its id only.
"""

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from infra.local.identity.durations import seconds_of
from infra.local.identity.fields import Record
from infra.local.identity.sessions import digest

if TYPE_CHECKING:
    from infra.local.identity.world import World

KEPT_AFTER_USE = 600  # seconds in which a second use of a code is still noticed


@dataclass(frozen=True)
class Wish:
    """What an application asked for in an authorization request that was granted."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str


class Grants:
    """Codes work once and refresh tokens once: a second use revokes the whole family."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def keep_code(self, code: str, wish: Wish, session: Record) -> None:
        """From now on `code` can be redeemed, once and soon."""
        provider = self._provider(wish.client_id)
        self._world.sessions.used_for(session, wish.client_id)
        self._world.table("codes")[digest(code)] = {
            **asdict(wish),
            "user": session["user"],
            "sid": session["uuid"],
            "auth_time": session["auth_time"],
            "expires_at": self._world.clock() + seconds_of(provider["access_code_validity"]),
            "grant": None,
        }

    def fresh_code(self, code: str, client_id: str) -> Record | None:
        """The stored code when it may be redeemed now by this client."""
        stored = self._world.table("codes").get(digest(code))
        if stored is None or stored["client_id"] != client_id:
            return None
        if stored["grant"] is not None:
            self.revoke(stored["grant"])
            return None
        return stored if stored["expires_at"] > self._world.clock() else None

    def begin(self, code: Record) -> Record:
        """Redeem the code: the grant of which its tokens are part."""
        lifetime = seconds_of(self._provider(code["client_id"])["refresh_token_validity"])
        kept = {name: code[name] for name in ("client_id", "scope", "nonce", "user", "sid", "auth_time")}
        grant = {"pk": self._world.ids.uuid("grant"), **kept, "refresh": None}
        grant["expires_at"] = self._world.clock() + lifetime
        code["grant"] = grant["pk"]
        self._world.table("grants")[grant["pk"]] = grant
        return grant

    def rotated(self, grant: Record) -> str:
        """A new refresh token; the one before is spent."""
        token = secrets.token_urlsafe(48)
        grant["refresh"] = digest(token)
        self._world.table("refresh")[digest(token)] = {"grant": grant["pk"]}
        return token

    def of_refresh_token(self, token: str, client_id: str) -> Record | None:
        """The grant that the token may renew now; a spent token revokes it instead."""
        known = self._world.table("refresh").get(digest(token))
        grant = self._world.table("grants").get(known["grant"]) if known else None
        if grant is None or grant["client_id"] != client_id:
            return None
        if grant["refresh"] != digest(token):
            self.revoke(grant["pk"])
            return None
        return grant if grant["expires_at"] > self._world.clock() else None

    def note_access(self, grant: Record, token_id: str, expires_at: float) -> None:
        self._sweep()
        kept = {"grant": grant["pk"], "sid": grant["sid"], "expires_at": expires_at}
        self._world.table("access")[token_id] = kept

    def of_access_token(self, token_id: str) -> Record | None:
        """The grant behind a token that was not revoked."""
        known = self._world.table("access").get(token_id)
        return self._world.table("grants").get(known["grant"]) if known else None

    def forget_token(self, token: str, client_id: str) -> None:
        """A refresh token of that client, current or spent; whatever else the grant gave stays as it is.

        Source   authentik, providers/oauth2/views/token_revoke.py
        """
        known = self._world.table("refresh").get(digest(token))
        grant = self._world.table("grants").get(known["grant"]) if known else None
        if grant is not None and grant["client_id"] == client_id:
            del self._world.table("refresh")[digest(token)]

    def revoke(self, key: str) -> None:
        self._world.table("grants").pop(key, None)
        for table in ("access", "refresh"):
            rows = self._world.table(table)
            for name in [name for name, row in rows.items() if row["grant"] == key]:
                del rows[name]

    def revoke_all_of(self, user: int) -> None:
        self._revoke_where("user", user)

    def revoke_all_through(self, client_id: str) -> None:
        self._revoke_where("client_id", client_id)

    def forget_access_of_session(self, session: str) -> None:
        rows = self._world.table("access")
        for name in [name for name, row in rows.items() if row["sid"] == session]:
            del rows[name]

    def _revoke_where(self, column: str, value: object) -> None:
        codes, grants = self._world.table("codes"), self._world.table("grants")
        for name in [name for name, row in codes.items() if row[column] == value]:
            del codes[name]
        for key in [key for key, row in grants.items() if row[column] == value]:
            self.revoke(key)

    def _sweep(self) -> None:
        """Forget what can matter to nobody any more."""
        now, grants = self._world.clock(), self._world.table("grants")
        for table, kept in (("codes", KEPT_AFTER_USE), ("access", 0)):
            rows = self._world.table(table)
            for name in [name for name, row in rows.items() if row["expires_at"] + kept < now]:
                del rows[name]
        for key in [key for key, row in grants.items() if row["expires_at"] < now]:
            self.revoke(key)

    def _provider(self, client_id: str) -> Record:
        provider = self._world.providers.of_client(client_id)
        if provider is None:
            raise LookupError(f"no provider has the client id {client_id!r}")
        return provider
