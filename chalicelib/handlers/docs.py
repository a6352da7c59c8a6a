"""The documentation page: the same document, for people."""

from __future__ import annotations

from functools import cache

from chalice.app import Blueprint, Response

from chalicelib.auth.guards import PUBLIC
from chalicelib.handlers.docs_page.page import page_of, policy
from chalicelib.handlers.openapi import FRESH, document
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)


@routes.route("/docs", methods=["GET"])
@operation(PUBLIC, "This API as a page to read")
def get_docs() -> Response:
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy(),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": FRESH,
    }
    return Response(_page(), headers=headers)


@cache
def _page() -> str:
    return page_of(document())
