"""The API in the words of OpenAPI 3.1, made from the routes and models themselves."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import BaseModel, ConfigDict

from chalicelib.auth.guards import PUBLIC
from chalicelib.handlers.http import JSON
from chalicelib.handlers.openapi.document import document_of
from chalicelib.handlers.openapi.served import served
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)

FRESH = "public, max-age=300"  # the document changes with a deployment only


class OpenApiDocument(BaseModel):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]


@routes.route("/openapi.json", methods=["GET"])
@operation(PUBLIC, "This API as an OpenAPI 3.1 document", gives=OpenApiDocument)
def get_openapi() -> Response:
    return Response(_written(), headers={"Content-Type": JSON, "Cache-Control": FRESH})


@cache
def document() -> dict[str, Any]:
    """The document of everything that is served, whatever part of it this container serves."""
    return document_of(served())


@cache
def _written() -> str:
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":"))
