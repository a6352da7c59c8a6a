"""Begun: what a worker set out to make in oCIS, and what that means for a look that does not show it.

oCIS makes a second space of the same name without a word, and a user who never came into the group is found
by name only. So both are written down before the call; of a worker that dies, that is what is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from chalicelib.domain.provisioning import IntegrationStatus

SPACE = "space"
NO_SPACE = "no space"  # a list without it was seen, late enough for the space to be in it
SEEN = "space "  # before the id of one that is about to be purged
USER = "user "  # before the name
# Longer than the vendor may still be working on a call that was cut off, and between two looks that agree.
SETTLES = timedelta(seconds=60)

Doubt = Literal["", "early", "first", "second"]


def user(name: str) -> str:
    return USER + name


def seen(identity: str) -> str:
    return SEEN + identity


def spaces(status: IntegrationStatus) -> frozenset[str]:
    """Ids of spaces that were seen, and may be there though a list lacks them."""
    return frozenset(each.name.removeprefix(SEEN) for each in status.begun if each.name.startswith(SEEN))


def users(status: IntegrationStatus) -> frozenset[str]:
    """Names of users that may be there."""
    return frozenset(each.name.removeprefix(USER) for each in status.begun if each.name.startswith(USER))


def doubt(status: IntegrationStatus, now: datetime) -> Doubt:
    """May a space be there, though the list lacks it? Two lists that agree, with time between, are believed.

    Returns  "early"   the creation may still be under way
             "first"   no list without it was seen since
             "second"  one was, just now
             ""        nobody began to make one, or it was seen and has an id to ask for, or two lists have
                       shown that there is none
    """
    began, missed = status.begun_at(SPACE), status.begun_at(NO_SPACE)
    if began is None or _was_seen(status, began):
        return ""
    if now < began + SETTLES:
        return "early"
    if missed is None or missed < began:
        return "first"
    return "second" if now < missed + SETTLES else ""


def _was_seen(status: IntegrationStatus, began: datetime) -> bool:
    return any(each.name.startswith(SEEN) and each.at >= began for each in status.begun)
