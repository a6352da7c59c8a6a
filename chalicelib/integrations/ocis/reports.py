"""What a run cannot settle by itself. It says so at the very end, when all that it can do is done."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted
from chalicelib.errors import IntegrationFailure, NeedsPerson, TryLater, WaitsFor
from chalicelib.integrations.ocis import begun
from chalicelib.integrations.ocis.files import the_one
from chalicelib.integrations.ocis.looking import Observed
from chalicelib.integrations.ocis.ownership import nameless
from chalicelib.integrations.ocis.people import absent_guests, conflicts, too_many_leave

REPORT = "report"
WAITING = "waits-for-home"
UNSURE = "space-unsure"


def reports(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    """The gravest first: only that one will be heard; but what a moment will tell is waited for."""
    yield from unsure(observed)
    if too_many_leave(tenant, observed):
        yield _report("mass-delete-guard", "More people than is likely would leave the group in oCIS at once")
    if tenant.lifecycle != "active":
        return
    if observed.spaces and the_one(observed) is None:
        yield _report("duplicate-space", f"{len(observed.spaces)} spaces in oCIS claim to be this tenant's")
    if names := conflicts(observed):
        yield _report("name-conflict", f"Users in oCIS that are not this tenant's have the {_names(names)}")
    if names := nameless(tenant):
        yield _report(
            "unsupported-address", f"oCIS takes no user name that begins with a digit: {_names(names)}"
        )
    if names := absent_guests(tenant, observed):
        yield _report(WAITING, f"Guests that have no user in oCIS yet: {_names(names)}")


def unsure(observed: Observed) -> Iterator[Step]:
    """A space was begun and is not to be seen: one list is not enough to believe that there is none."""
    if observed.doubt:
        sentence = "A space in oCIS that was begun is looked for once more before another one is made"
        makes = begun.NO_SPACE if observed.doubt == "first" else ""
        yield Step(action=REPORT, sentence=sentence, target=UNSURE, makes=makes)


def failure(report: Step) -> IntegrationFailure:
    if report.target == UNSURE:
        return TryLater(UNSURE, report.sentence, delay=begun.SETTLES.total_seconds())
    kind = WaitsFor if report.target == WAITING else NeedsPerson
    return kind(report.target, report.sentence)


def _report(code: str, sentence: str) -> Step:
    return Step(action=REPORT, sentence=sentence, target=code)


def _names(names: list[str]) -> str:
    shown, more = names[:3], len(names) - 3
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
