"""The keys that sign tokens: one current, the previous ones published until they are retired."""

from typing import TYPE_CHECKING

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from infra.local.identity.fields import Record

if TYPE_CHECKING:
    from infra.local.identity.world import World

ALGORITHM = "RS256"


class Keys:
    """Stored as private JWKs, the current one first; the first is made when it is first needed."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._imported: dict[str, RSAKey] = {}

    def current(self) -> RSAKey:
        if not self._stored:
            self.rotate()
        return self._key(self._stored[0])

    def rotate(self) -> str:
        """Sign with a new key from now on; its id is the answer."""
        made = RSAKey.generate_key(2048, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        self._stored.insert(0, dict(made.as_dict(private=True)))
        return str(self._stored[0]["kid"])

    def retire(self) -> int:
        """Publish the current key only; how many others there were is the answer."""
        gone = len(self._stored[1:])
        del self._stored[1:]
        return gone

    def published(self) -> Record:
        """The JWK set: public halves only."""
        self.current()
        return {"keys": [dict(self._key(stored).as_dict(private=False)) for stored in self._stored]}

    def signed(self, claims: Record, kind: str = "JWT") -> str:
        key = self.current()
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid or "", "typ": kind}, claims, key, [ALGORITHM])

    def verified(self, token: str) -> Record | None:
        """The claims of a token that a published key signed; its time and audience are not looked at."""
        for stored in self._stored:
            try:
                return dict(jwt.decode(token, self._key(stored), [ALGORITHM]).claims)
            except (JoseError, ValueError):
                continue
        return None

    @property
    def _stored(self) -> list[Record]:
        keys: list[Record] = self._world.state["keys"]
        return keys

    def _key(self, stored: Record) -> RSAKey:
        kid = stored["kid"]
        if kid not in self._imported:
            self._imported[kid] = RSAKey.import_key(stored)
        return self._imported[kid]
