"""Coming and going: the routes that every portal has. A second portal is another name, and no code."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from chalice.app import Blueprint, Request, Response

from chalicelib import portal_wiring
from chalicelib.auth.guards import PORTAL
from chalicelib.auth.surface import Surface, SurfaceName
from chalicelib.errors import KeysUnavailable, ProviderAway, SignInRefused, TokenRefused
from chalicelib.handlers.operation import operation
from chalicelib.handlers.portal.failures import answered
from chalicelib.handlers.portal.html import away, html, redirect, with_cookie
from chalicelib.handlers.portal.incoming import FORM, NotOurForm, check_origin, check_token, form_of, query_of
from chalicelib.portal.session_texts import REFUSALS

Answer = Callable[[Surface, Request], Response]
TRY_AGAIN = 5  # seconds

log = logging.getLogger(__name__)


def serve_session(routes: Blueprint, name: SurfaceName) -> None:
    """Serve them under /<surface>/auth/…"""

    def serve(method: str, path: str, answer: Answer, summary: str) -> None:
        @operation(PORTAL, summary)
        def view() -> Response:
            return answered(name, routes.current_request, lambda request: _shown(name, request, answer))

        view.__name__ = f"{name}_{answer.__name__}"
        content_types = {"content_types": [FORM]} if method == "POST" else {}
        routes.route(f"/{name}{path}", methods=[method], name=view.__name__, **content_types)(view)

    serve("GET", "/auth/login", sign_in_page, "The sign-in page")
    serve("GET", "/auth/oidc/login", depart, "To the identity provider")
    serve("GET", "/auth/oidc/callback", arrive, "Back from the identity provider")
    serve("POST", "/auth/logout", leave, "Sign out")
    serve("GET", "/auth/signed-out", signed_out_page, "Signed out")
    serve(
        "POST",
        "/auth/oidc/backchannel-logout",
        signed_out_there,
        "The provider says that somebody signed out",
    )


def sign_in_page(surface: Surface, request: Request) -> Response:
    """Shown also to those who are signed in: sending them back could go round in a circle."""
    wanted = surface.page_within(query_of(request)["return_to"])
    return html(surface, "session/sign_in.html", way_in=_way_in(surface, return_to=wanted))


def depart(surface: Surface, request: Request) -> Response:
    query = query_of(request)
    departure = portal_wiring.sign_in(surface.name).departure(
        query["return_to"], query["prompt"], _cookies(request)
    )
    return with_cookie(away(surface, departure.address), *departure.cookies)


def arrive(surface: Surface, request: Request) -> Response:
    """The transaction's cookie goes in any case: a code is tried once."""
    flow, query = portal_wiring.sign_in(surface.name), _all_of(request)
    try:
        arrival = flow.arrival(query, _cookies(request))
    except (SignInRefused, ProviderAway) as refusal:
        return with_cookie(_refused(surface, request, refusal), *flow.cleared_cookie(query))
    sessions = portal_wiring.sessions(surface.name)
    begun = sessions.begin(arrival.identity, arrival.tokens, _cookies(request))
    return with_cookie(redirect(surface, arrival.return_to), begun, *flow.cleared_cookie(query))


def leave(surface: Surface, request: Request) -> Response:
    """Here at once, then at the provider. Only a form of our own page signs anybody out."""
    check_origin(request, surface.public_url)
    sessions = portal_wiring.sessions(surface.name)
    opened = sessions.find(_cookies(request))
    if opened is None:
        return with_cookie(redirect(surface, "/auth/signed-out"), surface.cleared_cookie)
    check_token(form_of(request)["csrf"], opened.csrf)
    sessions.end(opened)
    address = portal_wiring.provider(surface.name).sign_out_address()
    response = away(surface, address) if address else redirect(surface, "/auth/signed-out")
    return with_cookie(response, surface.cleared_cookie)


def signed_out_page(surface: Surface, request: Request) -> Response:
    return html(surface, "session/signed_out.html", way_in=_way_in(surface))


def signed_out_there(surface: Surface, request: Request) -> Response:
    """From server to server, so there is neither cookie nor origin: the token is the proof.

    Source   OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8
    """
    try:
        token = portal_wiring.logout_tokens(surface.name).accepted(form_of(request)["logout_token"])
    except (NotOurForm, TokenRefused) as refusal:
        reason = refusal.reason if isinstance(refusal, TokenRefused) else refusal.code
        log.warning("logout token refused", extra={"surface": surface.name, "reason": reason})
        return _told(refusal.status if isinstance(refusal, NotOurForm) else 400)
    except KeysUnavailable:
        return _told(503)
    until = datetime.fromtimestamp(int(token.expires_at) + 1, UTC)
    portal_wiring.sign_outs(surface.name).heard(token.sign_out, token.key, until)
    return _told(200)


def _shown(name: SurfaceName, request: Request, answer: Answer) -> Response:
    surface = portal_wiring.surface(name)
    try:
        return answer(surface, request)
    except ProviderAway as refusal:
        return _refused(surface, request, refusal)


def _refused(surface: Surface, request: Request, refusal: SignInRefused | ProviderAway) -> Response:
    refused = refusal if isinstance(refusal, SignInRefused) else None
    words = REFUSALS[refused.page if refused else "away"]
    about = {"surface": surface.name, "reason": refusal.reason, "subject": refused and refused.subject}
    log.warning("sign-in refused", extra={**about, "request_id": request.context.get("requestId")})
    way_in = _way_in(surface, prompt="login" if words.anew else "")
    response = html(surface, "session/refused.html", words.status, refusal=words, way_in=way_in)
    if words.status == 503:
        response.headers["Retry-After"] = str(TRY_AGAIN)
    return response


def _told(status: int) -> Response:
    """What the specification wants the provider to hear."""
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    body = {"error": "temporarily_unavailable" if status == 503 else "invalid_request"}
    return Response("" if status == 200 else body, headers=headers, status_code=status)


def _way_in(surface: Surface, **query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return surface.link("/auth/oidc/login") + ("?" + urlencode(given) if given else "")


def _cookies(request: Request) -> str | None:
    header: str | None = request.headers.get("cookie")
    return header


def _all_of(request: Request) -> dict[str, list[str]]:
    given = request.query_params
    return {name: given.getlist(name) for name in given} if given else {}
