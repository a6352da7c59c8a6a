"""What people read when they come and go. Fixed words: nothing from an address stands on these pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    way     the words on the button that begins a sign-in again
    anew    the provider asks who it is, though somebody is signed in there
    """

    status: int
    title: str
    text: str
    way: str = "Sign in again"
    anew: bool = False


# "away", and what a SignInRefused names.
REFUSALS = {
    "again": Refusal(
        400,
        "This sign-in could not be completed",
        "It was begun in another browser or too long ago, or it was used before. Begin again here.",
    ),
    "denied": Refusal(
        403,
        "The sign-in was not completed",
        "It was cancelled, or the identity provider does not let this account in.",
        anew=True,
    ),
    "no-rights": Refusal(
        403,
        "Your account may not use this portal",
        "It is for the people who run the platform. If you are one of them, ask a colleague to add your "
        "account to their group; then sign in again.",
        way="Sign in as somebody else",
        anew=True,
    ),
    "away": Refusal(
        503,
        "Signing in is not possible right now",
        "The identity provider does not answer as it should. Try again in a moment.",
        way="Try again",
    ),
}
