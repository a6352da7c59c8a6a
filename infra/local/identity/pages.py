"""The pages people see: plain HTML without scripts, each with its own security headers and CSRF token."""

import secrets
from typing import Any

from flask import Response, make_response, render_template, request

SESSION_COOKIE = "authentik_session"
CSRF_COOKIE = "authentik_csrf"
CSRF_LENGTH = 43  # of secrets.token_urlsafe(32)


def page(name: str, status: int = 200, **content: Any) -> Response:
    """The template `name`, never cached, never framed, with nothing but its own style."""
    nonce = secrets.token_urlsafe(16)
    html = render_template(f"identity/{name}.html", nonce=nonce, **content)
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = (
        # No form-action: browsers would apply it to the redirect back to the application, too.
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def form(name: str, status: int = 200, **content: Any) -> Response:
    """A page with a form: its CSRF token stands in the form and in a cookie, and both must agree."""
    token = request.cookies.get(CSRF_COOKIE, "")
    if len(token) != CSRF_LENGTH:
        token = secrets.token_urlsafe(32)
    response = page(name, status, csrf_token=token, **content)
    _set_cookie(response, CSRF_COOKIE, token)
    return response


def is_from_our_form() -> bool:
    sent, kept = request.form.get("csrf_token", ""), request.cookies.get(CSRF_COOKIE, "")
    return bool(kept) and secrets.compare_digest(sent.encode(), kept.encode())


def message(title: str, text: str, status: int = 200, **more: Any) -> Response:
    return page("message", status, title=title, message=text, **more)


def remember_session(response: Response, secret: str) -> None:
    _set_cookie(response, SESSION_COOKIE, secret)


def forget_session(response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")


def _set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, samesite="Lax", secure=request.is_secure)
