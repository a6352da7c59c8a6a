"""How a 0.16 server says no: to one object, or to a whole method call."""

from typing import Any


class ObjectRefused(Exception):
    """One create, update or destroy failed; `error` is what the set response says about it."""

    def __init__(self, kind: str, **details: Any) -> None:
        super().__init__(kind)
        self.error: dict[str, Any] = {"type": kind, **details}


class MethodRefused(Exception):
    """The whole method call failed; the answer is `["error", error, tag]`."""

    def __init__(self, kind: str, description: str) -> None:
        super().__init__(kind)
        self.error = {"type": kind, "description": description}


def bad_patch(at: str, why: str) -> ObjectRefused:
    """A value that does not fit its property."""
    return ObjectRefused("invalidPatch", description=why, properties=[at])


def linked(kind: str, identity: str) -> dict[str, str]:
    """How errors name an object."""
    return {"object": kind, "id": identity}
