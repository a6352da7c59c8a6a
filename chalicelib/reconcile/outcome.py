"""Outcome: what became of one look at one integration of one tenant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.run import RunOutcome
from chalicelib.domain.steps import Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    kind      done     the integration holds the desired state
              skipped  nothing was to be done by this worker: paused, already looked at, or fenced off
              later    worth another look after `delay` seconds
              blocked  a person has to look; the sweep tries again, rarely
              gone     there is no such tenant
              broken   something unforeseen: told in the record of runs only, and raised
    steps     those that were applied, whatever came after
    code      why, when it is not "done"; stable
    message   the same for people; safe to show to a tenant's admin
    drift     what was found to be done though the generation had been there before
    """

    kind: RunOutcome
    delay: float = 0.0
    steps: tuple[Step, ...] = ()
    code: str = ""
    message: str = ""
    drift: tuple[Step, ...] = ()

    def after(self, steps: tuple[Step, ...], drift: tuple[Step, ...] = ()) -> Outcome:
        """The same, reached after `steps`."""
        return replace(self, steps=steps, drift=drift)
