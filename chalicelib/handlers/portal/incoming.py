"""What came in: query, form, and proof that a form was sent from our own page."""

from __future__ import annotations

import binascii
import hmac
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from chalice.app import Request

from chalicelib.handlers.portal.visit import Form

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 100_000  # bytes
MOST_FIELDS = 200


class NotOurForm(Exception):
    """A POST that no page of ours has sent, or that no form can have sent; `status` is the answer's."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def query_of(request: Request) -> Form:
    """The query; of a parameter that is given twice, neither counts."""
    given = request.query_params
    if given is None:
        return Form()
    return Form({name: given.getlist(name)[0] for name in given if len(given.getlist(name)) == 1})


def form_of(request: Request) -> Form:
    """Raises NotOurForm for a body that is too large, not a form, or names a field twice."""
    try:
        raw = cast("bytes", request.raw_body)
        if len(raw) > LARGEST_FORM:
            raise NotOurForm(413, "form-too-large")
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (binascii.Error, UnicodeError, ValueError, TypeError):
        raise NotOurForm(400, "malformed-form") from None
    form = Form({name: value.strip() for name, value in pairs})
    if len(form) != len(pairs):
        raise NotOurForm(400, "repeated-field")
    return form


def check_origin(request: Request, public_url: str) -> None:
    """Raises NotOurForm unless the browser says that a page of this very origin sent the request.

    Every browser sends Origin with a POST. A sibling host is another origin, whatever its cookies say.

    Source   Fetch standard (Origin header), OWASP ASVS 5.0 section 3.5
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.get("origin") != origin_of(public_url) or site != "same-origin":
        raise NotOurForm(403, "csrf")


def check_token(sent: str, expected: str) -> None:
    """Raises NotOurForm."""
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise NotOurForm(403, "csrf")


def check_not_cross_site(request: Request) -> None:
    """For what a script asks: no other site gets an answer, not even one that it cannot read."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotOurForm(403, "csrf")


def origin_of(url: str) -> str:
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc}"
