"""Verification: walks the audit trail as stored, in bounded memory and time, and names the first break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.audit_ports import ChainStore
from chalicelib.domain.chain import Break, Head, Walk
from chalicelib.domain.seal import WHOLE, KeptHead, Seal, SealWalk, WholeHead

PATIENCE = 15.0  # seconds of one verification, well below the gateway's 29; another call goes on
EVENTS = 500  # in memory at a time, or those of one seal; asked for by one query
SEALS = 100


@dataclass(frozen=True, slots=True)
class Verification:
    """
    since       where it began; what is before that was not looked at
    reached     how far everything is in order
    head        the end of the chain as the database knows it
    complete    it went to the end, or to the first break
    begins_at   when the first event was chained
    unchained   events without a chain, which are older than that
    """

    chain: str
    since: int
    reached: WholeHead | Head
    events: int
    broken: Break | None
    head: WholeHead | Head
    complete: bool
    kept: KeptHead | None = None
    begins_at: datetime | None = None
    unchained: int = 0


class Verifications:
    def __init__(self, chains: ChainStore, seconds: Callable[[], float]) -> None:
        self._chains = chains
        self._seconds = seconds

    def whole(
        self,
        since: WholeHead,
        kept: Mapping[int, KeptHead],
        there: int | None = None,
        most: int | None = None,
    ) -> Verification:
        """Walk the seals, and all events that they name, from `since` on.

        kept    heads that were put where nobody can rewrite them
        there   how many events there were before all of them were sealed; None when not all are
        """
        head = self._chains.whole_head()
        walk = self._walked(since, head, kept, min(head.seq, since.seq + (most or head.seq)))
        unchained = self._unchained(there)
        if not walk.broken and walk.head.seq >= head.seq:
            walk = walk.upto(head, kept.values())
            broken = walk.broken or self._beyond(head) or self._beside(there, unchained)
            walk = replace(walk, broken=broken)
        return Verification(
            chain=WHOLE,
            since=since.seq + 1,
            reached=walk.head,
            events=walk.events,
            broken=walk.broken,
            head=head,
            complete=walk.broken is not None or walk.head.seq >= head.seq,
            kept=max(kept.values(), key=lambda each: each.seq, default=None),
            begins_at=self._chains.first_at(),
            unchained=unchained,
        )

    def chain(self, since: Head, most: int | None = None) -> Verification:
        """Walk the chain of one tenant, partner or user from `since` on."""
        head, walk, ends = self._chains.head(since.id), Walk(since), self._seconds() + PATIENCE
        last = min(head.seq, since.seq + (most or head.seq))
        while not walk.broken and walk.head.seq < last and self._seconds() < ends:
            events = self._chains.events(since.id, walk.head.seq, min(walk.head.seq + EVENTS, last))
            if not events:
                walk = walk.upto(head)
                break
            walk = walk.over(events)
        if not walk.broken and walk.head.seq >= head.seq:
            walk = walk.upto(head)
        return Verification(
            chain=since.id,
            since=since.seq + 1,
            reached=walk.head,
            events=walk.events,
            broken=walk.broken,
            head=head,
            complete=walk.broken is not None or walk.head.seq >= head.seq,
            begins_at=next((each.at for each in self._chains.events(since.id, 0, 1)), None),
        )

    def _walked(self, since: WholeHead, head: WholeHead, kept: Mapping[int, KeptHead], last: int) -> SealWalk:
        """As far as `last`, the first break, or the end of our patience."""
        walk, ends = SealWalk(since), self._seconds() + PATIENCE
        while not walk.broken and walk.head.seq < last and self._seconds() < ends:
            seals = self._chains.seals(walk.head.seq, min(walk.head.seq + SEALS, last))
            if not seals:
                return walk.upto(head, kept.values())
            for some in _portions(seals):
                if walk.broken or (walk.events and self._seconds() > ends):
                    break
                walk = walk.over(some, self._chains.found(some), kept)
        return walk

    def _unchained(self, there: int | None) -> int:
        """Events without a chain; counted only where there can be any, for to find none can take long."""
        if there is not None and there <= self._chains.whole_head().total:
            return 0
        return self._chains.unchained()

    def _beyond(self, head: WholeHead) -> Break | None:
        """Seals that the head does not know of: it was put back. A rival's seal moves the head as well."""
        beyond = self._chains.seals(head.seq, head.seq + 1)
        if not beyond or self._chains.whole_head().seq > head.seq:
            return None
        what = f"Seal {beyond[0].id} is there, though the database's own head knows of none behind {head.seq}"
        return Break("unchained", what, seal=beyond[0].id)

    def _beside(self, there: int | None, unchained: int) -> Break | None:
        """Events that no seal names: younger than the chain's first, or more than there can be."""
        newest = self._chains.newest_unchained() if unchained else None
        begins_at = self._chains.first_at()
        if newest and begins_at and newest[1] > begins_at:
            what = "An event stands in no chain, though it is younger than the first that does"
            return Break("unchained", what, event_id=newest[0], at=newest[1])
        more = (there or 0) - self._chains.whole_head().total - unchained
        if more > 0:
            return Break("unchained", f"{more} events more are there than were ever sealed")
        return None


def _portions(seals: Sequence[Seal]) -> Iterator[tuple[Seal, ...]]:
    """The seals in their order, some at a time, so that few events are in memory."""
    portion: list[Seal] = []
    for each in seals:
        if portion and sum(len(one.events) for one in portion) + len(each.events) > EVENTS:
            yield tuple(portion)
            portion = []
        portion.append(each)
    yield tuple(portion)
