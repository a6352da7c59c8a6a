"""Surface: one portal as the outside sees it. Operator and customer portal are two values of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from chalicelib.auth.issuers import TrustedIssuer, trusted_issuers
from chalicelib.auth.sealing import KeyRing
from chalicelib.config import VARIABLES, Settings
from chalicelib.domain.cookies import cleared
from chalicelib.domain.secret import Secret
from chalicelib.errors import Misconfigured

SurfaceName = Literal["operator", "customer"]
PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")  # no userinfo, no query
# A page of ours: no empty part, no dots alone, nothing that a browser or a proxy could read as a host.
PAGE = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?(\?([A-Za-z0-9._~=&+@:,-]|%[0-9A-Fa-f]{2})*)?")
LONGEST_PAGE = 1_000  # characters
START = ""  # the page that people come to when they asked for none


@dataclass(frozen=True, slots=True)
class Surface:
    """
    public_url  where browsers reach the gateway, without a slash at its end
    issuer      the provider's application of this portal; its audience is our client id
    secret      the client's, asked for at each use
    keys        seal this portal's cookies and tokens, and nobody else's
    group       whose members may sign in; empty: everybody whom the provider lets in
    """

    name: str
    public_url: str
    issuer: TrustedIssuer
    secret: Secret = field(repr=False)
    keys: KeyRing = field(repr=False)
    group: str = ""

    @property
    def client_id(self) -> str:
        return self.issuer.audience

    @property
    def issuer_address(self) -> str:
        return self.issuer.issuer

    @property
    def cookie(self) -> str:
        return f"__Host-{self.name}_session"

    @property
    def cleared_cookie(self) -> str:
        """The Set-Cookie that takes the session's cookie away."""
        return cleared(self.cookie)

    def transaction_cookie(self, state: str) -> str:
        """One for each sign-in under way, so that two tabs do not disturb each other."""
        return f"{self.transaction_prefix}{hashlib.sha256(state.encode()).hexdigest()[:16]}"

    @property
    def transaction_prefix(self) -> str:
        return f"__Host-{self.name}_signin_"

    def link(self, path: str) -> str:
        """A page of this portal as a path-absolute address: "/tenants" -> "/operator/tenants"."""
        return f"{urlsplit(self.public_url).path}/{self.name}{path}"

    def address(self, path: str) -> str:
        """The same as an absolute one."""
        return f"{self.public_url}/{self.name}{path}"

    @staticmethod
    def page_within(wanted: str) -> str:
        """`wanted` if it is a page within the portal ("/tenants?status=active"), else the first page.

        The sign-in's own addresses are none: whoever went back there would go round in a circle.
        """
        if len(wanted) > LONGEST_PAGE or not PAGE.fullmatch(wanted):
            return START
        path = wanted.partition("?")[0]
        return START if path == "/auth" or path.startswith("/auth/") else wanted


def surface_of(name: SurfaceName, settings: Settings, secret_of: Callable[[str], Secret]) -> Surface:
    """The surface that the settings describe.

    secret_of  a field of Settings -> its secret
    Raises     Misconfigured, naming the variable
    """
    audience = getattr(settings, f"{name}_audience")
    keys = KeyRing(name, secret_of(f"{name}_session_keys"), VARIABLES[f"{name}_session_keys"])
    return Surface(
        name=name,
        public_url=_public_url(name, settings),
        issuer=_issuer_of(settings, audience),
        secret=secret_of(f"{name}_client_secret"),
        keys=keys,
        group=settings.operator_group if name == "operator" else "",
    )


def _public_url(name: str, settings: Settings) -> str:
    url: str = getattr(settings, f"{name}_public_url").rstrip("/")
    schemes = ("https://", "http://") if settings.is_local else ("https://",)
    if not PLAIN_URL.fullmatch(url) or not url.startswith(schemes):
        raise Misconfigured(f"{VARIABLES[f'{name}_public_url']} must be a plain https:// address")
    return url


def _issuer_of(settings: Settings, audience: str) -> TrustedIssuer:
    for each in trusted_issuers(settings):
        if each.audience == audience:
            return each
    raise Misconfigured(f"AUTHENTIK_AUDIENCE lacks {audience!r}")
