"""Every error raised on purpose.

ControlPlaneError            an answer to the caller: status, code and what the caller may know
  BadRequest 400             MalformedBody, BadParameter, BadCursor
  Unauthenticated 401
  Forbidden 403              OperatorScopeRequired, OperatorRightsRequired, Deactivated, RoleRequired,
                             TenantSuspended
  NotFound 404               PartnerNotFound, TenantNotFound, UserNotFound, StatementNotFound,
                             TicketNotFound, DomainNotFound
  Conflict 409               AccountNotReady, AlreadySignedIn, BelongsElsewhere,
                             AlreadyExists, DomainTaken, ImpossibleMove, ConcurrentChange, LastOwner,
                             LastPlatformAdmin, PlanMoved, NotPurged, NoSeatLeft, SeatsInUse,
                             PeriodNotOver, PeriodOutOfOrder, TicketFull
  PreconditionFailed 412
  PayloadTooLarge 413
  UnsupportedMediaType 415
  Unprocessable 422          KeyReused
  Unavailable 503            NotReady
IntegrationFailure           a vendor's failure, one of four kinds
  TryLater                   busy or unreachable; worth repeating after `delay`
  NeedsPerson                repeating will not help: a refusal, a name conflict
  WaitsFor                   another integration has to go first
  CredentialsRefused         the vendor does not accept our credentials
SessionEnded                 a portal's session is over; the person has to sign in again
GatewayAway                  a portal gets no answer from the platform's own gateway
SignInRefused                a sign-in at a portal that came to nothing; carries a reason code for the log
GrantRefused                 the identity provider gives no more tokens for a session
ProviderAway                 the identity provider cannot be reached, or answers nothing that makes sense
TokenRefused                 a bearer token that is not good enough; carries a reason code for the log
Misconfigured                settings that the application refuses to start with
"""

from __future__ import annotations

from typing import Literal

from chalice.app import ChaliceUnhandledError


class ControlPlaneError(ChaliceUnhandledError):
    """An answer to the caller. On a route, only ChaliceUnhandledError gets past Chalice to the middleware."""

    status = 500
    code = "internal-error"
    title = "Internal error"

    def __init__(self, detail: str, **context: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context = context  # further members of the problem document; never internals

    @property
    def headers(self) -> dict[str, str]:
        return {}


class BadRequest(ControlPlaneError):
    status, code, title = 400, "bad-request", "Bad request"


class MalformedBody(BadRequest):
    code = "malformed-body"


class BadParameter(BadRequest):
    code = "bad-parameter"


class BadCursor(BadRequest):
    code = "bad-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor does not belong to this list; start again without one")


class Unauthenticated(ControlPlaneError):
    status, code, title = 401, "unauthorized", "Unauthorized"


class Forbidden(ControlPlaneError):
    status, code, title = 403, "forbidden", "Forbidden"


class OperatorScopeRequired(Forbidden):
    code = "operator-scope-required"

    def __init__(self) -> None:
        super().__init__("This endpoint requires an operator-scoped token.")


class OperatorRightsRequired(Forbidden):
    code = "operator-rights-required"

    def __init__(self) -> None:
        super().__init__("Your account has no operator rights.")


class Deactivated(Forbidden):
    code = "account-deactivated"

    def __init__(self) -> None:
        super().__init__("Your account is deactivated.")


class RoleRequired(Forbidden):
    code = "role-required"


class TenantSuspended(Forbidden):
    code = "tenant-suspended"

    def __init__(self) -> None:
        super().__init__("This tenant is suspended; only an operator can change it")


class NotFound(ControlPlaneError):
    status, code, title = 404, "not-found", "Not found"


class PartnerNotFound(NotFound):
    code = "partner-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such partner")


class TenantNotFound(NotFound):
    code = "tenant-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such tenant")  # the same words for "not yours"


class UserNotFound(NotFound):
    code = "user-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such user")


class StatementNotFound(NotFound):
    code = "statement-not-found"

    def __init__(self) -> None:
        super().__init__("This month is not closed")


class TicketNotFound(NotFound):
    code = "ticket-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such ticket")  # the same words for "not yours"


class DomainNotFound(NotFound):
    code = "domain-not-found"

    def __init__(self) -> None:
        super().__init__("This tenant has no such domain")


class Conflict(ControlPlaneError):
    status, code, title = 409, "conflict", "Conflict"


class AlreadyExists(Conflict):
    code = "already-exists"

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(f"{noun} {name!r} already exists")


class DomainTaken(Conflict):
    code = "domain-taken"

    def __init__(self) -> None:
        super().__init__("A domain of this list is not available")  # whose it is, is nobody's business


class ImpossibleMove(Conflict):
    code = "impossible-move"


class ConcurrentChange(Conflict):
    code = "concurrent-change"

    def __init__(self) -> None:
        super().__init__("Someone else changed this at the same moment; read it again and repeat")


class LastOwner(Conflict):
    code = "last-owner"

    def __init__(self) -> None:
        super().__init__("A tenant keeps at least one owner")


class LastPlatformAdmin(Conflict):
    code = "last-platform-admin"

    def __init__(self) -> None:
        super().__init__("Nobody can take the rights of the last platform admin")


class TicketFull(Conflict):
    code = "ticket-full"

    def __init__(self) -> None:
        super().__init__("This ticket has no room for more; open a new one")


class NotPurged(Conflict):
    code = "not-purged"

    def __init__(self) -> None:
        super().__init__("Not everything of this tenant is deleted yet")


class PlanMoved(Conflict):
    """`moved` names what differs, `plan` is the fresh one: {"digest": "…", "steps": {"ocis": ["…"]}}."""

    code = "plan-moved"

    def __init__(self, plan: dict[str, object], moved: tuple[str, ...]) -> None:
        super().__init__("This is no longer what would be done; nothing was done", plan=plan, moved=moved)


class NoSeatLeft(Conflict):
    code = "no-seat-left"

    def __init__(self, seats: int) -> None:
        super().__init__(f"All {seats} seats of the subscription are taken; it has to have more seats first")


class SeatsInUse(Conflict):
    code = "seats-in-use"

    def __init__(self, seats: int) -> None:
        super().__init__(f"More than {seats} people have a seat; remove or deactivate some first")


class PeriodNotOver(Conflict):
    code = "period-not-over"

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} can be closed once it has been over for an hour")


class PeriodOutOfOrder(Conflict):
    code = "period-out-of-order"

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} is not the first month that is open; they are closed in order")


class AlreadySignedIn(Conflict):
    code = "already-signed-in"

    def __init__(self) -> None:
        super().__init__("This person has signed in before and has a way in of their own")


class BelongsElsewhere(Conflict):
    code = "belongs-elsewhere"

    def __init__(self) -> None:
        super().__init__("This person belongs to another tenant, too; an operator can make the link")


class AccountNotReady(Conflict):
    """The account is being made; `Retry-After` says when to ask again."""

    code = "account-not-ready"
    retry_after = 5  # seconds

    def __init__(self) -> None:
        super().__init__("The account is still being set up; ask again in a moment")

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class PreconditionFailed(ControlPlaneError):
    status, code, title = 412, "precondition-failed", "Precondition failed"

    def __init__(self) -> None:
        super().__init__("This is no longer the version that If-Match names; read it again")


class PayloadTooLarge(ControlPlaneError):
    status, code, title = 413, "payload-too-large", "Payload too large"


class UnsupportedMediaType(ControlPlaneError):
    status, code, title = 415, "unsupported-media-type", "Unsupported media type"


class Unprocessable(ControlPlaneError):
    """422; `errors` names each wrong field: {"field": "contact.email", "message": "…"}."""

    status, code, title = 422, "unprocessable", "Unprocessable content"

    def __init__(self, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail, errors=errors or [])


class KeyReused(Unprocessable):
    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request")


class Unavailable(ControlPlaneError):
    status, code, title = 503, "unavailable", "Service unavailable"
    retry_after = 2  # seconds

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class NotReady(Unavailable):
    """`dependencies` names each one with "ok" or, in plain words, what is wrong."""

    code = "not-ready"

    def __init__(self, dependencies: dict[str, str]) -> None:
        super().__init__("A dependency is missing", dependencies=dependencies)


class IntegrationFailure(Exception):
    """A vendor did not do what was asked. `code` is stable, `message` safe to show to a tenant's admin."""

    def __init__(self, code: str, message: str, *, delay: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.delay = delay  # seconds the vendor asked for, if it did


class TryLater(IntegrationFailure):
    """Busy, unreachable, or an answer that cannot be trusted; the same call may work later."""


class NeedsPerson(IntegrationFailure):
    """Repeating will not help; someone has to look."""


class WaitsFor(IntegrationFailure):
    """Another integration has to go first; the message says which and why."""


class CredentialsRefused(IntegrationFailure):
    """The vendor refuses our credentials; repeating may get us banned."""


class TokenRefused(Exception):
    """A bearer token is refused. `reason` is a stable code for the log; it never holds token content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailable(Exception):
    """An issuer's keys cannot be had and none are cached: our failure, not the caller's."""


class SessionEnded(Exception):
    """Nobody is signed in any more: the session timed out, was ended, or the provider refuses to renew it."""


class GatewayAway(Exception):
    """The gateway cannot be reached, is too slow, or answers something that makes no sense."""


class SignInRefused(Exception):
    """Nobody is signed in by this.

    reason   a code for the log
    page     names the words for people
    subject  who it was, when that is known
    """

    def __init__(
        self, reason: str, page: Literal["again", "denied", "no-rights"] = "again", subject: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.page = page
        self.subject = subject


class GrantRefused(Exception):
    """The identity provider renews no token for this sign-in any more. `reason` is a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderAway(Exception):
    """The identity provider does not answer, or not as a provider does. `reason` is a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Misconfigured(Exception):
    """A setting is missing or makes no sense; the message names it, never its value."""
