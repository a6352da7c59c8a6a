"""What the vendor answers when it will not do a thing: a status and a body, nothing of HTTP."""

from collections.abc import Mapping
from typing import Any


class RefusedError(Exception):
    """The request is refused with `status` and the vendor's own `body`."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
        self.body = body


def not_found(kind: str) -> RefusedError:
    return RefusedError(404, {"detail": f"No {kind} matches the given query."})


def invalid(errors: Mapping[str, Any]) -> RefusedError:
    """One sentence or more per field, as Django REST framework words them."""
    return RefusedError(400, dict(errors))


def invalid_as_a_whole(sentence: str) -> RefusedError:
    return RefusedError(400, {"non_field_errors": [sentence]})
