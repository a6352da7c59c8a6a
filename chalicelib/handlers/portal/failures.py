"""What a person sees when something is refused or broken: fixed words, and a way on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib import portal_wiring
from chalicelib.errors import GatewayAway, ProviderAway, SessionEnded, Unavailable
from chalicelib.handlers.portal.html import html, redirect, with_cookie
from chalicelib.handlers.portal.incoming import NotOurForm, query_of
from chalicelib.handlers.portal.platform import ApiRefused
from chalicelib.handlers.portal.visit import Form, FormRefusal
from chalicelib.portal.texts import FAILURES, REFUSALS, failure_for

if TYPE_CHECKING:
    from chalicelib.auth.surface import Surface, SurfaceName

TRY_AGAIN = 2  # seconds
FIELDS = {"already-exists": "slug", "domain-taken": "domains"}  # refusals that are about one field

log = logging.getLogger(__name__)


def answered(surface_name: SurfaceName, request: Request, answer: Callable[[Request], Response]) -> Response:
    """The answer, or the page that says what went wrong."""
    surface = portal_wiring.surface(surface_name)
    try:
        return answer(request)
    except SessionEnded:
        return _signed_out(surface, request)
    except NotOurForm as refusal:
        log.warning("portal refused a form", extra={"surface": surface_name, "reason": refusal.code})
        return failed(surface, refusal.status, refusal.code)
    except ApiRefused as refused:
        log.info("the API refused a page", extra={"surface": surface_name, "reason": refused.code})
        return failed(surface, refused.status, refused.code, _csrf(surface_name, request))
    except (GatewayAway, ProviderAway, Unavailable) as missing:
        log.warning("a page has to wait", extra={"surface": surface_name, "reason": type(missing).__name__})
        return _try_again(surface)
    except Exception:  # a person gets a page, never a stack trace
        log.exception("unforeseen", extra={"surface": surface_name})
        return failed(surface, 500, "unforeseen")


def failed(surface: Surface, status: int, code: str, csrf: str = "") -> Response:
    """The page for a refusal; `code` chooses its words and is never shown as it came.

    csrf   of the session, for a button to sign out; without one there is no such button
    """
    return html(surface, "failed.html", status, failure=failure_for(status, code), csrf=csrf)


def refusal_of(refused: ApiRefused, form: Form) -> FormRefusal:
    """What the form says when it is shown again; a general sentence where the API gives none."""
    detail = REFUSALS.get(refused.code) or refused.detail or FAILURES["unforeseen"].text
    field = FIELDS.get(refused.code)
    at_its_field = {field: detail} if field and field in form else {}
    return FormRefusal(form["dialog"], detail, at_its_field | dict(refused.errors), form, refused.status)


def _csrf(surface_name: SurfaceName, request: Request) -> str:
    opened = portal_wiring.sessions(surface_name).find(request.headers.get("cookie"))
    return opened.csrf if opened else ""


def _try_again(surface: Surface) -> Response:
    response = failed(surface, 503, "away")
    response.headers["Retry-After"] = str(TRY_AGAIN)
    return response


def _signed_out(surface: Surface, request: Request) -> Response:
    """To the sign-in, and back to this page afterwards; a form that was sent is not sent again."""
    here = _address(surface, request) if request.method == "GET" else ""
    return with_cookie(redirect(surface, "/auth/login", return_to=here), surface.cleared_cookie)


def _address(surface: Surface, request: Request) -> str:
    """The page that was asked for, within the portal: "/tenants?status=active"."""
    path = str(request.path).removeprefix(f"/{surface.name}")
    query = query_of(request)
    return path + ("?" + urlencode(query) if query else "")
