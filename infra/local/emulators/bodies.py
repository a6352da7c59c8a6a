"""Reading a request's body early without taking it from the app."""

import io
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def body_of(environ: "WSGIEnvironment") -> bytes:
    """The whole body, which stays readable for whoever comes next."""
    body = Request(environ).get_data(cache=False)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body
