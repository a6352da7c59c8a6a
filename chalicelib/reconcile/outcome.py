"""Outcome: what became of one look at one integration of one tenant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from chalicelib.domain.steps import Step

Kind = Literal["done", "skipped", "later", "blocked", "gone"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    kind      done     the integration holds the desired state
              skipped  nothing was to be done by this worker: paused, already looked at, or fenced off
              later    worth another look after `delay` seconds
              blocked  a person has to look; the sweep tries again, rarely
              gone     there is no such tenant
    steps     those that were applied, whatever came after
    code      why, when it is not "done"; stable
    message   the same for people; safe to show to a tenant's admin
    """

    kind: Kind
    delay: float = 0.0
    steps: tuple[Step, ...] = ()
    code: str = ""
    message: str = ""

    def after(self, steps: tuple[Step, ...]) -> Outcome:
        """The same, reached after `steps`."""
        return replace(self, steps=steps)
