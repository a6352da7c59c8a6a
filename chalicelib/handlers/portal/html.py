"""The answers of a portal: pages, redirects and what every browser is told beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.handlers.portal.incoming import origin_of
from chalicelib.portal.rendering import render

if TYPE_CHECKING:
    from chalicelib.auth.surface import Surface

Headers = dict[str, str | list[str]]
YEAR = 31_536_000  # seconds


def html(surface: Surface, template: str, status: int = 200, **shown: Any) -> Response:
    body = render(template, surface=surface, **shown)
    return Response(body, headers=security_headers(surface), status_code=status)


def redirect(surface: Surface, path: str, **query: str) -> Response:
    """To another page of the same portal; `path` is one of ours, parameters that are empty are left out."""
    given = {name: value for name, value in query.items() if value}
    joint = "&" if "?" in path else "?"
    return away(surface, surface.link(path) + (joint + urlencode(given) if given else ""))


def away(surface: Surface, address: str) -> Response:
    """To `address`, with GET. It is not checked here: hand in nothing that a caller could choose."""
    headers = security_headers(surface) | {"Location": address}
    return Response("", headers=headers, status_code=303)


def with_cookie(response: Response, *cookies: str) -> Response:
    """The response with further Set-Cookie headers."""
    before = response.headers.get("Set-Cookie", [])
    known = before if isinstance(before, list) else [before]
    response.headers["Set-Cookie"] = [*known, *cookies]
    return response


def security_headers(surface: Surface) -> Headers:
    """Source: OWASP ASVS 5.0 section 3.4."""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy(surface),
        "Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not no-referrer: with it browsers send `Origin: null` with our own forms.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


def policy(surface: Surface) -> str:
    """Only our own files. Signing out ends at the provider, and browsers check a form's redirects, too."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            f"form-action 'self' {origin_of(surface.issuer.issuer)}",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )
