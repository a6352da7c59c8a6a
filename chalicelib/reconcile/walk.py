"""Walk: look, compare, act, and look again. Knows no vendor and writes no status."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from chalicelib.domain.plan import part_digest
from chalicelib.domain.steps import Connector, Step
from chalicelib.domain.wanted import Wanted
from chalicelib.errors import TryLater

UNSEEN = 30.0  # seconds: lists that lag behind would have us make the same thing twice

Note = Callable[[Collection[str]], None]


class OutOfTime(Exception):
    """There is no time left for another call; the next walk goes on from here."""


class Walk:
    """One walk from what is there to what is wanted, or with `only_looks` the first look of it.

    found     what the first look found to be done
    applied   grows while it goes, also when it fails
    approved  digest of the only plan that may be applied; what is seen now may not have moved from it
    note      is told what all steps make, before any that makes something
    """

    def __init__(
        self,
        connector: Connector[Any],
        tenant: Wanted,
        has_time: Callable[[], bool],
        *,
        only_looks: bool = False,
        approved: str | None = None,
        note: Note = lambda _: None,
    ) -> None:
        self._connector = connector
        self._tenant = tenant
        self._has_time = has_time
        self.only_looks = only_looks
        self._approved = approved
        self._note = note
        self.has_moved = False
        self.found: tuple[Step, ...] = ()
        self.applied: tuple[Step, ...] = ()

    def go(self) -> dict[str, str]:
        """Bring the integration to the tenant's desired state.

        Returns  the vendor's ids
        Raises   OutOfTime, any IntegrationFailure; TryLater "not-converged" after the second look
        """
        seen = self._seen()
        self.found = self._connector.diff(self._tenant, seen)
        self.has_moved = bool(self._approved) and self._approved != part_digest(
            self._tenant, seen, self.found
        )
        if not self.found or self.only_looks or self.has_moved:
            return self._connector.ids(seen)
        for step in self.found:
            self._apply(step)
        seen = self._seen()
        if self._connector.diff(self._tenant, seen):
            raise TryLater("not-converged", "The changes were accepted but cannot be seen yet", delay=UNSEEN)
        return self._connector.ids(seen)

    def _seen(self) -> Any:
        self._check_time()
        return self._connector.observe(self._tenant)

    def _apply(self, step: Step) -> None:
        if step.makes:
            self._note([each.makes for each in self.found if each.makes])
        self._check_time()
        self._connector.apply(self._tenant, step)
        self.applied += (step,)

    def _check_time(self) -> None:
        if not self._has_time():
            raise OutOfTime
