"""Facts: all that a partner's statements are made of, from some day on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from chalicelib.domain.days import Day
from chalicelib.domain.ledger import LedgerEvent
from chalicelib.domain.margin import MarginFrom
from chalicelib.domain.model import Model
from chalicelib.domain.subscription import Standing, Subscription


class Known(Model):
    """How far the facts were known when a month was closed.

    sequences   the last one of each tenant that was looked at
    margins     how many entries the partner's margin had
    """

    sequences: dict[str, int] = {}
    margins: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """Where a tenant stood when the facts begin (None: it was not there yet), and its later steps in order.

    sequence   of the event that made it stand so
    """

    tenant_id: str
    slug: str
    opening: Standing | None
    sequence: int
    steps: list[LedgerEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Facts:
    partner_id: str
    margins: tuple[MarginFrom, ...]
    histories: tuple[History, ...]

    def known(self, until: Day) -> Known:
        sequences = {each.tenant_id: _last_sequence(each, until) for each in self.histories}
        return Known(sequences=sequences, margins=len(self.margins))

    def as_known(self, known: Known) -> Facts:
        """The same as they were at that time: what was recorded since is left out."""
        histories = tuple(replace(each, steps=_steps_until(each, known)) for each in self.histories)
        return replace(self, margins=self.margins[: known.margins], histories=histories)


def histories_of(held: Iterable[Subscription], events: Iterable[LedgerEvent]) -> tuple[History, ...]:
    """
    held     the subscriptions that the partner's tenants have now
    events   every one that concerns the partner since the facts begin; a tenant without any has not changed
    """
    found: dict[str, History] = {}
    for event in sorted(events, key=lambda each: each.id):
        if event.tenant_id not in found:
            found[event.tenant_id] = History(event.tenant_id, event.slug, event.before, event.sequence - 1)
        found[event.tenant_id].steps.append(event)
    for each in held:
        found.setdefault(each.id, History(each.id, each.slug, each.standing, each.sequence))
    return tuple(sorted(found.values(), key=lambda each: each.slug))


def _last_sequence(history: History, until: Day) -> int:
    return max((each.sequence for each in history.steps if each.day <= until), default=history.sequence)


def _steps_until(history: History, known: Known) -> list[LedgerEvent]:
    last = known.sequences.get(history.tenant_id)
    if (
        last is None
    ):  # it did not matter then: had anything late been known of it, it would have been looked at
        return [each for each in history.steps if not each.is_late]
    return [each for each in history.steps if each.sequence <= last]
