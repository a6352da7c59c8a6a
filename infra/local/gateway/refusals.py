"""What the gateway itself answers when no function does."""


class Refusal(Exception):
    """An answer of the gateway: `detail` is for the caller and never repeats what was sent."""

    status = 500
    code = "internal-error"
    title = "Internal error"
    detail = "Something went wrong on our side."


class BadRequest(Refusal):
    status, code, title = 400, "bad-request", "Bad request"
    detail = "This is not a well-formed HTTP request."


class Unauthorized(Refusal):
    status, code, title = 401, "unauthorized", "Unauthorized"
    detail = "A valid bearer token is needed."


class PolicyDenied(Refusal):
    status, code, title = 403, "forbidden", "Forbidden"
    detail = "This token does not open this address."


class NoSuchRoute(Refusal):
    """API Gateway's "Missing Authentication Token", which the gateway responses turn into a 404."""

    status, code, title = 404, "not-found", "Not found"
    detail = "There is nothing at this address for this method."


class LengthRequired(Refusal):
    status, code, title = 411, "length-required", "Length required"
    detail = "Send the body with a Content-Length."


class PayloadTooLarge(Refusal):
    status, code, title = 413, "payload-too-large", "Payload too large"
    detail = "A body may have at most 10 MB."


class HeadersTooLarge(Refusal):
    status, code, title = 431, "headers-too-large", "Request header fields too large"
    detail = "Request line and headers may have at most 10,240 bytes together."


class AuthorizerFailed(Refusal):
    """The authorizer broke or answered nonsense: our failure, never reported as a bad token."""


class FunctionFailed(Refusal):
    """The function raised, or returned what is no answer."""

    status = 502
