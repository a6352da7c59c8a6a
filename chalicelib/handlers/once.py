"""Idempotency-Key: a POST that is sent twice takes effect once and is answered the same."""

from __future__ import annotations

import hashlib
import re

from chalice.app import Request, Response

from chalicelib import wiring
from chalicelib.domain.actor import Actor
from chalicelib.errors import BadParameter, ControlPlaneError, KeyReused
from chalicelib.handlers.http import raw_body
from chalicelib.handlers.problems import Next
from chalicelib.repositories.idempotency import KEPT, GivenAnswer

KEY = re.compile(r"[\x21-\x7e]{1,255}")


class NotAccepted(ControlPlaneError):
    """Carries a refusal that Chalice has already turned into a response out of the transaction."""

    def __init__(self, response: Response) -> None:
        super().__init__("The request was refused")
        self.response = response


def answer_once(request: Request, get_response: Next) -> Response:
    """Middleware, inside of admission: the answer is stored in the transaction of the change itself.

    So a crash at any point leaves either both or neither. Refusals are not kept.
    """
    key = request.headers.get("idempotency-key")
    actor: Actor | None = request.context.get("actor")
    if key is None or actor is None or request.method != "POST" or not request.context["kept"]:
        return get_response(request)
    if not KEY.fullmatch(key):
        raise BadParameter("An Idempotency-Key has 1 to 255 printable ASCII characters")
    return _once(request, get_response, _digest(actor.user.id, request.path, key))


def _once(request: Request, get_response: Next, key: str) -> Response:
    body = _digest(raw_body(request).hex())
    given = wiring.given_answers().find(key, wiring.now())
    if given is None:
        try:
            return wiring.mongo().run(lambda: _kept(request, get_response, key, body))
        except NotAccepted as refused:
            return refused.response
        except ControlPlaneError:
            # A rival with the same key may have been faster: then its answer is ours.
            given = wiring.given_answers().find(key, wiring.now())
            if given is None:
                raise
    if given.request != body:
        raise KeyReused
    return Response(given.body, headers=dict(given.headers), status_code=given.status)


def _kept(request: Request, get_response: Next, key: str, body: str) -> Response:
    response = get_response(request)
    if response.status_code >= 400:
        raise NotAccepted(response)
    now = wiring.now()
    answer = GivenAnswer(
        id=key,
        request=body,
        status=response.status_code,
        headers=response.headers,
        body=response.body,
        expires_at=now + KEPT,
    )
    wiring.given_answers().add(answer, now)
    return response


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
