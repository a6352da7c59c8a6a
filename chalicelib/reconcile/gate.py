"""Gate: the way to a vendor, closed for all workers at once while the vendor seems to be away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.breaker import LONGEST_PAUSE, PROBE, Breaker
from chalicelib.domain.ports import BreakerStore, Clock, NewId
from chalicelib.domain.provisioning import Integration, IntegrationError, Lease
from chalicelib.errors import ConcurrentChange, CredentialsRefused, IntegrationFailure, TryLater, Unavailable
from chalicelib.reconcile.backoff import Uniform, jittered
from chalicelib.reconcile.walk import OutOfTime

log = logging.getLogger(__name__)

MOST_FAILURES = 5  # in a row, before nobody calls any more
FIRST_PAUSE = timedelta(seconds=30)  # doubled with every probe that fails, up to LONGEST_PAUSE
DOUBLINGS = 4  # FIRST_PAUSE doubled that often is beyond LONGEST_PAUSE
RETURN = 60.0  # seconds over which those that waited come back
REMEMBERED = timedelta(seconds=5)  # how long a worker takes a breaker without failures for closed
TRIES = 5  # of a conditional write that other workers get in the way of

AWAY = frozenset({"unreachable", "no-answer", "server-error"})
SENSELESS = frozenset({"unexpected-answer", "secret-unavailable"})  # neither there nor away

Change = Callable[[Breaker], Breaker]


class Paused(Exception):
    """Never an error: the vendor is not called now, but perhaps after `delay` seconds."""

    def __init__(self, delay: float, message: str) -> None:
        super().__init__(message)
        self.delay = delay
        self.message = message


@dataclass(frozen=True, slots=True)
class _Entry:
    """A run that was let through; `token` when it is the probe."""

    breaker: Breaker
    token: str = ""


class Gate:
    """One per worker; what it remembers is shared with the others through the store only."""

    def __init__(self, store: BreakerStore, clock: Clock, new_id: NewId, uniform: Uniform) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._uniform = uniform
        self._healthy: dict[Integration, tuple[Breaker, datetime]] = {}

    @contextmanager
    def passage(self, integration: Integration) -> Iterator[None]:
        """Inside of it the vendor may be called; what comes of that decides about the runs to come.

        Raises   Paused, and whatever is raised inside
        """
        entry = self._entered(integration)
        try:
            yield
        except IntegrationFailure as failure:
            self._left(entry, failure)
            raise
        except OutOfTime:
            self._left(entry, None, is_answered=False)
            raise
        self._left(entry, None)

    def _entered(self, integration: Integration) -> _Entry:
        for _ in range(TRIES):
            breaker, now = self._known(integration), self._clock()
            if not breaker.is_open:
                return _Entry(breaker)
            if breaker.wait(now) or breaker.is_probed(now):
                raise self._paused(breaker, now)
            probe = Lease(token=self._new_id(), until=now + PROBE)
            if claimed := self._saved(breaker.probed(probe), breaker):
                return _Entry(claimed, probe.token)
        raise self._paused(breaker, now)

    def _known(self, integration: Integration) -> Breaker:
        """As stored; one without a failure is believed for a few seconds, so that health costs no reads."""
        now = self._clock()
        if known := self._healthy.get(integration):
            breaker, seen_at = known
            if timedelta(0) <= now - seen_at < REMEMBERED:
                return breaker
        breaker = self._store.get(integration)
        self._healthy.pop(integration, None)
        if not breaker.is_open and not breaker.failures:
            self._healthy[integration] = (breaker, now)
        return breaker

    def _left(self, entry: _Entry, failure: IntegrationFailure | None, *, is_answered: bool = True) -> None:
        """The run's own result is worth more than the breaker's: trouble here is only logged."""
        try:
            if entry.token:
                self._end_probe(entry, failure, is_answered)
            elif is_answered:
                self._count(entry, failure)
        except Unavailable:
            log.warning("breaker not written", extra={"integration": entry.breaker.id})

    def _count(self, entry: _Entry, failure: IntegrationFailure | None) -> None:
        integration = entry.breaker.id
        if failure and _is_shut_out(failure):
            self._change(
                integration, lambda stored: stored if stored.is_open else self._counted(stored, failure)
            )
        elif entry.breaker.failures and not (failure and failure.code in SENSELESS):
            self._change(integration, lambda stored: stored if stored.is_open else stored.closed())

    def _counted(self, breaker: Breaker, failure: IntegrationFailure) -> Breaker:
        counted = breaker.failed(_error(failure))
        is_refused = isinstance(failure, CredentialsRefused)
        return self._opened(counted, failure) if is_refused or counted.failures >= MOST_FAILURES else counted

    def _end_probe(self, entry: _Entry, failure: IntegrationFailure | None, is_answered: bool) -> None:
        """Close, stay open for longer, or let the next one try; a probe that was given up says nothing."""

        def ended(stored: Breaker) -> Breaker:
            if not stored.is_probed_by(entry.token):
                return stored
            if not is_answered:
                return stored.probed(None)
            if failure and (_is_shut_out(failure) or failure.code in SENSELESS):
                return self._opened(stored, failure)
            return stored.closed()

        self._change(entry.breaker.id, ended)

    def _opened(self, breaker: Breaker, failure: IntegrationFailure) -> Breaker:
        """Refused credentials pause longest at once: vendors ban who repeats them. Retry-After is kept."""
        doubled = FIRST_PAUSE * 2 ** min(breaker.openings, DOUBLINGS)
        pause = LONGEST_PAUSE if isinstance(failure, CredentialsRefused) else min(doubled, LONGEST_PAUSE)
        asked = min(timedelta(seconds=failure.delay or 0.0), LONGEST_PAUSE)
        pause = max(jittered(pause, self._uniform), asked)
        return breaker.opened(self._clock(), pause, _error(failure))

    def _change(self, integration: Integration, change: Change) -> None:
        """Store what `change` makes of the breaker as it is now; others who do the same are waited out."""
        self._healthy.pop(integration, None)
        for _ in range(TRIES):
            stored = self._store.get(integration)
            newer = change(stored)
            if newer == stored:
                return
            if saved := self._saved(newer, stored):
                _note(stored, saved)
                return

    def _saved(self, breaker: Breaker, as_read: Breaker) -> Breaker | None:
        try:
            return self._store.save(breaker, as_read)
        except ConcurrentChange:
            return None

    def _paused(self, breaker: Breaker, now: datetime) -> Paused:
        """Those that wait come back one after the other, the first of them as the probe."""
        delay = max(breaker.wait(now).total_seconds(), 1.0) + RETURN * self._uniform()
        again = now + timedelta(seconds=delay)
        return Paused(delay, f"{breaker.message}; we try again at {again:%H:%M:%S} UTC")


def _is_shut_out(failure: IntegrationFailure) -> bool:
    """Does it mean that no tenant would get through? A vendor that says 429 is there, and answers."""
    is_away = isinstance(failure, TryLater) and failure.code in AWAY
    return is_away or isinstance(failure, CredentialsRefused)


def _error(failure: IntegrationFailure) -> IntegrationError:
    return IntegrationError(code=failure.code, message=failure.message)


def _note(before: Breaker, after: Breaker) -> None:
    facts = {"integration": after.id, "failures": after.failures, "openings": after.openings}
    if after.openings > before.openings:
        log.error("breaker opened", extra=facts)
    elif before.is_open and not after.is_open:
        log.info("breaker closed", extra=facts)
