"""How the Graph API says no: an OData error with a status and a code."""


class Refused(Exception):
    """A request that is answered with `status` and an OData error of that code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def invalid(message: str) -> Refused:
    return Refused(400, "invalidRequest", message)


def missing(what: str) -> Refused:
    """Gone, or not for this caller: the API does not tell them apart."""
    return Refused(404, "itemNotFound", f"{what} not found")


def taken(what: str) -> Refused:
    return Refused(409, "nameAlreadyExists", f"{what} already exists")


def forbidden(message: str = "not allowed") -> Refused:
    return Refused(403, "accessDenied", message)


def unsupported(message: str) -> Refused:
    return Refused(501, "notSupported", message)
