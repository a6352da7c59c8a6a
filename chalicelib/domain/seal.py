"""Seal: joins the chains of all tenants, partners and people into one.

Changes of different tenants must not wait for each other, so each writes to the end of its own chain only. A
sealer comes by every minute and notes, in one more chain, each event that was added since: that is the whole.
Its hash is that of everything else in the seal, in the canonical form of `chain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.chain import ALTERED, GENESIS, Break, Chained, altered, are_gone, digest
from chalicelib.domain.model import Model

WHOLE = "whole"


class SealedEvent(Model):
    """Which event is sealed. Without `id` it was not there any more when its turn came."""

    chain: str
    seq: int
    id: str | None = None
    hash: str | None = None


class Seal(Model):
    """`total` is how many events are sealed by now; `at` the time of sealing."""

    id: int
    at: datetime
    previous: str
    events: tuple[SealedEvent, ...]
    total: int
    hash: str = ""

    def sealed(self) -> Seal:
        return self.with_(hash=self._digest())

    def fits(self) -> bool:
        return self.hash == self._digest()

    def _digest(self) -> str:
        return digest(self.model_dump(by_alias=True, exclude={"hash"}))


class WholeHead(Model):
    """The last seal; `id` is WHOLE."""

    id: str = WHOLE
    seq: int = 0
    hash: str = GENESIS
    total: int = 0

    def next(self, at: datetime, events: tuple[SealedEvent, ...]) -> Seal:
        total = self.total + len(events)
        return Seal(id=self.seq + 1, at=at, previous=self.hash, events=events, total=total).sealed()

    def moved_to(self, seal: Seal) -> WholeHead:
        return WholeHead(seq=seal.id, hash=seal.hash, total=seal.total)


class KeptHead(Model):
    """A head as it was put where nobody can rewrite it."""

    seq: int
    hash: str
    total: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What the database has of the events that some seals name.

    events   by id
    known    chain, number and hash of these events, and of those they say they follow
    """

    events: Mapping[str, Chained]
    known: frozenset[tuple[str, int, str]]


@dataclass(frozen=True, slots=True)
class SealWalk:
    """How far the whole was found to be in order: up to `head`, and what is wrong behind it."""

    head: WholeHead
    events: int = 0
    broken: Break | None = None

    def over(self, seals: Iterable[Seal], found: Found, kept: Mapping[int, KeptHead]) -> SealWalk:
        """The walk after some more seals, in their order; it ends at the first break."""
        walk = self
        for seal in seals:
            broken = walk._wrong_with(seal) or _unlike_kept(seal, kept) or _wrong_in(seal, found)
            if broken:
                return replace(walk, broken=broken)
            walk = SealWalk(walk.head.moved_to(seal), walk.events + len(seal.events))
        return walk

    def upto(self, head: WholeHead, kept: Iterable[KeptHead]) -> SealWalk:
        """The walk at its end, which is to be `head`, and not before any of `kept`."""
        if self.broken:
            return self
        last = max(kept, key=lambda each: each.seq, default=None)
        if last and last.seq > self.head.seq:
            return replace(
                self, broken=_cut(self.head, last.seq, last.total, "the head stored outside knows")
            )
        if head.seq > self.head.seq:
            return replace(
                self, broken=_cut(self.head, head.seq, head.total, "the database's own head knows")
            )
        if head != self.head:
            what = f"Seal {head.seq} is not the last one that the database's own head knows"
            return replace(self, broken=Break("altered", what, seal=self.head.seq))
        return self

    def _wrong_with(self, seal: Seal) -> Break | None:
        expected = self.head.seq + 1
        if seal.id != expected:
            return Break("missing", are_gone("Seal", expected, seal.id - 1), seal=expected)
        if not seal.fits():
            return Break("altered", f"Seal {seal.id} {ALTERED}", seal=seal.id)
        if seal.previous != self.head.hash:
            what = f"Seal {seal.id} was made after another seal {expected - 1} than the one there"
            return Break("altered", what, seal=expected - 1)
        return None


def _wrong_in(seal: Seal, found: Found) -> Break | None:
    for each in seal.events:
        broken = _wrong_with_event(each, seal.id, found)
        if broken:
            return broken
    return None


def _wrong_with_event(sealed: SealedEvent, seal: int, found: Found) -> Break | None:
    event = found.events.get(sealed.id or "")
    if event is None:
        what = are_gone("Event", sealed.seq, sealed.seq, f" of {sealed.chain}")
        return Break("missing", what, sealed.chain, sealed.seq, seal, sealed.id)
    if not event.fits():
        return altered(event, f"{event.name} {ALTERED}", seal)
    if (event.chain, event.link.seq, event.link.hash) != (sealed.chain, sealed.seq, sealed.hash):
        return altered(event, f"{event.name} is not the one that was sealed: it was replaced", seal)
    before = event.link.seq - 1
    if before and (event.chain, before, event.link.previous) not in found.known:
        what = f"Event {before} of {event.chain}, which {event.name.lower()} follows, was replaced or is gone"
        return Break("altered", what, event.chain, before, seal)
    return None


def _unlike_kept(seal: Seal, kept: Mapping[int, KeptHead]) -> Break | None:
    if seal.id not in kept or kept[seal.id].hash == seal.hash:
        return None
    first = max((each for each in kept if each < seal.id), default=0) + 1
    what = (
        f"Seal {seal.id} is not the one whose hash was stored outside: "
        f"something in seals {first} to {seal.id} was rewritten, with every hash after it"
    )
    return Break("rewritten", what, seal=seal.id)


def _cut(head: WholeHead, seq: int, total: int, who: str) -> Break:
    gone = are_gone("Seal", head.seq + 1, seq, f" with {total - head.total} events")
    return Break("cut", f"{gone}, though {who} of them", seal=head.seq + 1)
