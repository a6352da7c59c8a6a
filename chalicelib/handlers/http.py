"""The manners that all routes share: the caller, the body, the query, the answer."""

from __future__ import annotations

import binascii
from typing import Any, TypeVar

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.auth.strict_json import strict_object
from chalicelib.domain.actor import Actor
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import (
    BadParameter,
    MalformedBody,
    PayloadTooLarge,
    PreconditionFailed,
    Unprocessable,
    UnsupportedMediaType,
)

LARGEST_BODY = 100_000  # bytes
LONGEST_VERSION = 12  # digits
JSON = "application/json"

M = TypeVar("M", bound=BaseModel)


def caller(routes: Blueprint) -> Actor:
    """Who asks; admission has let them in."""
    actor: Actor = routes.current_request.context["actor"]
    return actor


def tenant(routes: Blueprint) -> Tenant:
    """The tenant of the path, which admission has read and let the caller see."""
    found: Tenant = routes.current_request.context["tenant"]
    return found


def body(routes: Blueprint, command: type[M]) -> M:
    """The body as a command.

    Raises   UnsupportedMediaType, PayloadTooLarge, MalformedBody, Unprocessable naming each wrong field
    """
    request: Request = routes.current_request
    _check_content_type(request)
    raw = raw_body(request)
    _check_json(raw)
    try:
        return command.model_validate_json(raw)
    except ValidationError as error:
        raise Unprocessable("Some fields are wrong", _wrong_fields(error)) from None


def query(routes: Blueprint, parameters: type[M]) -> M:
    """The query string as a value. Raises BadParameter for a repeated one, Unprocessable for a wrong one."""
    given = given_query(routes.current_request)
    try:
        return parameters.model_validate(given)
    except ValidationError as error:
        raise Unprocessable("Some query parameters are wrong", _wrong_fields(error)) from None


def given_query(request: Request) -> dict[str, str]:
    parameters = request.query_params
    if parameters is None:
        return {}
    given = {name: parameters.getlist(name) for name in parameters}
    if any(len(values) > 1 for values in given.values()):
        raise BadParameter("A query parameter is given twice")
    return {name: values[0] for name, values in given.items()}


def if_match(routes: Blueprint) -> int | None:
    """The version that the caller last read, or None. Raises PreconditionFailed for anything else."""
    tag = routes.current_request.headers.get("if-match")
    if tag is None:
        return None
    digits = tag.removeprefix('"').removesuffix('"')
    if tag != f'"{digits}"' or not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_VERSION:
        raise PreconditionFailed
    return int(digits)


def answer(content: BaseModel, *, status: int = 200, version: int | None = None, **headers: str) -> Response:
    """A JSON answer; with `version`, one that carries its ETag."""
    etag = {"ETag": f'"{version}"'} if version is not None else {}
    return Response(
        content.model_dump_json(by_alias=True),
        headers={"Content-Type": JSON, **etag, **headers},
        status_code=status,
    )


def no_content() -> Response:
    return Response("", headers={"Content-Type": JSON}, status_code=204)


def raw_body(request: Request) -> bytes:
    """Raises MalformedBody, PayloadTooLarge."""
    try:
        raw = request.raw_body
    except (binascii.Error, UnicodeError, ValueError):
        raise MalformedBody("The body is not readable") from None
    if len(raw) > LARGEST_BODY:
        raise PayloadTooLarge(f"A body may have at most {LARGEST_BODY} bytes")
    return raw.encode() if isinstance(raw, str) else raw


def _check_content_type(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().replace('"', "")
    if kind.strip() != JSON or charset not in {"", "charset=utf-8"} or "content-encoding" in request.headers:
        raise UnsupportedMediaType("The body must be application/json in UTF-8, not compressed")


def _check_json(raw: bytes) -> None:
    """What two parsers could read differently is refused before pydantic's own parser sees it."""
    try:
        strict_object(raw)
    except ValueError:
        raise MalformedBody("The body is not one plain JSON object in UTF-8") from None


def _wrong_fields(error: ValidationError) -> list[dict[str, str]]:
    """Each wrong field with what is expected; the value itself is never repeated."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [{"field": _path(each["loc"]), "message": each["msg"]} for each in found[:20]]


def _path(location: tuple[Any, ...]) -> str:
    return ".".join(str(part)[:60] for part in location) or "body"
