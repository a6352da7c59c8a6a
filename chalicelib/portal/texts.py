"""Fixed words. Addresses and errors choose among them by a code, so nobody can put words into our mouth."""

from __future__ import annotations

from dataclasses import dataclass

# What a redirect after a form says, by its `done`.
DONE = {
    "tenant-created": "The tenant is created and is being set up.",
    "tenant-changed": "The tenant is changed.",
    "tenant-suspended": "The tenant is suspended: nobody signs in, no mail is sent.",
    "tenant-resumed": "The tenant is resumed.",
    "tenant-terminated": "The tenant is terminated. It can be restored until it is purged.",
    "tenant-restored": "The tenant is restored.",
    "tenant-attached": "The tenant now belongs to this partner.",
    "tenant-detached": "The tenant no longer belongs to this partner.",
    "reconcile-started": "Reconcile has started.",
    "plan-applied": "The plan is being applied.",
    "drift-paused": "Drift is now only reported, not repaired.",
    "drift-resumed": "Drift is repaired again.",
    "domain-added": "The domain is added. Publish its TXT record to prove that it is yours.",
    "domain-checked": "DNS was looked at.",
    "domain-removed": "The domain is removed.",
    "domain-approved": "The domain is approved; mail is being set up for it.",
    "member-invited": "The person is invited.",
    "member-changed": "The member is changed.",
    "member-removed": "The member is removed.",
    "subscription-changed": "The subscription is changed; price, seats and storage follow.",
    "redriven": "The messages are back on their queue.",
    "ticket-opened": "The ticket is opened.",
    "ticket-changed": "The ticket is changed.",
    "answer-sent": "The answer is sent.",
    "note-added": "The note is added; customers do not see it.",
    "statement-closed": "The month is closed. What becomes known later is a correction in the next one.",
    "session-ended": "That browser has to sign in again.",
    "sessions-ended": "You are signed out everywhere else.",
    "partner-created": "The partner is created.",
    "partner-changed": "The partner is changed.",
    "partner-terminated": "The partner is terminated.",
    "user-changed": "The user is changed.",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """
    title   what happened
    text    what it means, and what to do
    way     what the button offers: "home", "again" or "sign-in"
    """

    title: str
    text: str
    way: str = "home"


FAILURES = {
    "operator-rights-required": Failure(
        "You are signed in, but you are not an operator",
        "This portal is for the provider's operators. Your account has no operator rights, or they were "
        "taken back. Another operator can grant them; then load this page again.",
        "again",
    ),
    "operator-scope-required": Failure(
        "This sign-in is not for the operator portal",
        "The sign-in came through another application. Sign out, and sign in here again.",
        "sign-in",
    ),
    "account-deactivated": Failure(
        "Your account is deactivated",
        "An operator has deactivated it. Ask one to activate it again.",
        "sign-in",
    ),
    "forbidden": Failure("This is not allowed", "Your role does not include this."),
    "not-found": Failure(
        "There is nothing here", "It was removed, it never was, or the address has a slip of the pen."
    ),
    "csrf": Failure(
        "This form did not come from this page",
        "Nothing was done. Open the page again and repeat what you wanted to do.",
    ),
    "away": Failure(
        "The platform does not answer right now",
        "Nothing may be lost: what was accepted before goes on. Try again in a moment.",
        "again",
    ),
    "unforeseen": Failure(
        "Something went wrong on our side", "It is logged. Try again; if it stays, tell the platform team."
    ),
    "malformed": Failure(
        "This request cannot be understood", "Nothing was done. Go back, load the page again and repeat it."
    ),
}
# What a form says where the API's own words are meant for programs.
REFUSALS = {
    "precondition-failed": "Someone else has changed this meanwhile. The page behind shows what holds now; "
    "your entries are kept here. Compare them before you save again.",
    "concurrent-change": "Someone else changed this at the very same moment. Look again, then repeat it.",
}
BY_STATUS = {
    403: "forbidden",
    404: "not-found",
    503: "away",
    400: "malformed",
    413: "malformed",
    422: "malformed",
}


def failure_for(status: int, code: str) -> Failure:
    """The words for a code, else those for its status, else general ones."""
    return FAILURES.get(code) or FAILURES[BY_STATUS.get(status, "unforeseen")]
