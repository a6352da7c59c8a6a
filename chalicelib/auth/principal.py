"""Principal: who a verified token speaks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.errors import Unauthenticated

LEEWAY = 30  # seconds between the issuer's clock and ours


@dataclass(frozen=True, slots=True)
class Principal:
    """Issuer and subject together; neither alone identifies anyone.

    email          lower case, and only when the issuer says that it is verified; else empty
    groups         names exactly as the issuer wrote them
    expires_at     seconds since 1970
    signed_in_at   seconds since 1970: the token's `auth_time`, or `iat` where it has none
    """

    issuer: str
    subject: str
    audience: str
    email: str = ""
    name: str = ""
    groups: tuple[str, ...] = ()
    expires_at: int = 0
    signed_in_at: int = 0
    token_id: str = ""

    def to_context(self) -> dict[str, str]:
        """As an API Gateway authorizer context: flat, strings only."""
        return {
            "issuer": self.issuer,
            "subject": self.subject,
            "audience": self.audience,
            "email": self.email,
            "name": self.name,
            "groups": json.dumps(self.groups, ensure_ascii=True),
            "expiresAt": str(self.expires_at),
            "signedInAt": str(self.signed_in_at),
            "tokenId": self.token_id,
        }

    @classmethod
    def from_context(cls, context: Mapping[str, object], now: float) -> Principal:
        """The principal that the authorizer handed on.

        Raises   Unauthenticated when the context is not ours or the token has expired since: the
                 gateway caches a policy for a minute, so it can outlive the token. The leeway is the
                 verifier's, so that both agree
        """
        if not context.get("issuer") or not context.get("subject") or not context.get("audience"):
            raise Unauthenticated("No verified token came with this request")
        expires_at = int(str(context.get("expiresAt") or 0))
        if expires_at + LEEWAY <= now:
            raise Unauthenticated("The token has expired")
        return cls(
            issuer=str(context["issuer"]),
            subject=str(context["subject"]),
            audience=str(context["audience"]),
            email=str(context.get("email") or ""),
            name=str(context.get("name") or ""),
            groups=tuple(json.loads(str(context.get("groups") or "[]"))),
            expires_at=expires_at,
            signed_in_at=int(str(context.get("signedInAt") or 0)),
            token_id=str(context.get("tokenId") or ""),
        )
