"""The frame of every page: session before, errors after. A page's own view is what is left between.

A view that is declared with `page` or `action` stays a plain function, which an action can go back to;
what Chalice serves is the same function within the frame.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from chalice.app import Blueprint, Request, Response

from chalicelib import portal_wiring
from chalicelib.auth.guards import PORTAL
from chalicelib.auth.surface import SurfaceName
from chalicelib.errors import SessionEnded
from chalicelib.handlers.operation import operation
from chalicelib.handlers.portal.failures import answered, refusal_of
from chalicelib.handlers.portal.html import html, redirect, with_cookie
from chalicelib.handlers.portal.incoming import (
    FORM,
    check_not_cross_site,
    check_origin,
    check_token,
    form_of,
    query_of,
)
from chalicelib.handlers.portal.platform import ApiRefused, Platform
from chalicelib.handlers.portal.visit import FormRefusal, Go, Page, Visit
from chalicelib.portal.texts import DONE

PageView = Callable[..., Page]
ActionView = Callable[..., Go | Page]
Answer = Callable[[Request, dict[str, str]], Response]
BACK_IN_THE_FORM = frozenset({400, 404, 409, 412, 413, 422})


def page(
    routes: Blueprint, surface: SurfaceName, path: str, summary: str = "A page"
) -> Callable[[PageView], PageView]:
    """Serve the view's page to people with a session."""
    return _declared(routes, surface, path, summary, _shown)


def fragment(routes: Blueprint, surface: SurfaceName, path: str) -> Callable[[PageView], PageView]:
    """The same for a part of a page that a script asks for; no other site can ask for it."""

    def shown(surface: SurfaceName, view: PageView) -> Answer:
        answer = _shown(surface, view)

        def checked(request: Request, given: dict[str, str]) -> Response:
            check_not_cross_site(request)
            return answer(request, given)

        return checked

    return _declared(routes, surface, path, "A part of a page", shown)


def action(
    routes: Blueprint, surface: SurfaceName, path: str, *, back_to: PageView
) -> Callable[[ActionView], ActionView]:
    """Serve the view to forms of our own pages; when the API refuses, the page `back_to` says why.

    A view answers with a page only for what must not be asked for twice: else it sends people on.

    back_to   gets those parameters of the path that it has itself
    """

    def done(surface: SurfaceName, view: ActionView) -> Answer:
        return lambda request, given: _done(surface, request, view, back_to, given)

    return _declared(routes, surface, path, "A form's answer", done, method="POST")


def _declared(
    routes: Blueprint,
    surface: SurfaceName,
    path: str,
    summary: str,
    within: Callable[[SurfaceName, Any], Answer],
    method: str = "GET",
) -> Callable[[Any], Any]:
    content_types = {"content_types": [FORM]} if method == "POST" else {}

    def declare(view: Any) -> Any:
        answer = within(surface, view)

        @wraps(view)
        def framed(**given: str) -> Response:
            return answered(surface, routes.current_request, lambda request: answer(request, given))

        declared = operation(PORTAL, summary)(framed)
        routes.route(f"/{surface}{path}", methods=[method], **content_types)(declared)
        return view

    return declare


def _shown(surface: SurfaceName, view: PageView) -> Answer:
    def shown(request: Request, given: dict[str, str]) -> Response:
        visit = _visit(surface, request)
        return _rendered(visit, view(visit, **given))

    return shown


def _done(
    surface: SurfaceName, request: Request, view: ActionView, back_to: PageView, given: dict[str, str]
) -> Response:
    """Nothing is done for a form that our own page has not sent."""
    check_origin(request, portal_wiring.surface(surface).public_url)
    form = form_of(request)
    visit = replace(_visit(surface, request), form=form)
    check_token(form["csrf"], visit.open.csrf)
    try:
        came = view(visit, **given)
        return _rendered(visit, came) if isinstance(came, Page) else _gone(visit, came)
    except ApiRefused as refused:
        if refused.status not in BACK_IN_THE_FORM:
            raise
        return _back(visit, refusal_of(refused, form), back_to, given)


def _back(visit: Visit, refused: FormRefusal, back_to: PageView, given: dict[str, str]) -> Response:
    """The page again, with its form as it was sent. Raises ApiRefused when the page itself is gone."""
    known = inspect.signature(back_to).parameters
    again = visit.again(refused)
    shown = back_to(again, **{name: value for name, value in given.items() if name in known})
    return _rendered(again, replace(shown, status=refused.status))


def _visit(surface_name: SurfaceName, request: Request) -> Visit:
    """Raises SessionEnded when nobody is signed in."""
    surface, sessions = portal_wiring.surface(surface_name), portal_wiring.sessions(surface_name)
    opened = sessions.find(request.headers.get("cookie"))
    if opened is None:
        raise SessionEnded
    platform = Platform(portal_wiring.gateway(), sessions, opened)
    return Visit(surface, opened, platform, query_of(request))


def _rendered(visit: Visit, shown: Page) -> Response:
    response = html(
        visit.surface,
        shown.template,
        shown.status,
        visit=visit,
        title=shown.title,
        here=shown.here,
        active=shown.active,
        done=DONE.get(visit.query["done"], ""),
        **shown.shown,
    )
    return _with_fresh_cookie(visit, response)


def _gone(visit: Visit, go: Go) -> Response:
    return _with_fresh_cookie(visit, redirect(visit.surface, go.path, done=go.done))


def _with_fresh_cookie(visit: Visit, response: Response) -> Response:
    return with_cookie(response, visit.open.set_cookie) if visit.open.set_cookie else response
