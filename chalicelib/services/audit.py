"""Audit: reading the trail, sealing it, and proving that nobody changed it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.audit import AuditEvent, AuditFilter
from chalicelib.domain.audit_ports import AuditLog, ChainStore, HeadSafe, Sealer
from chalicelib.domain.chain import Head
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.ports import Clock
from chalicelib.domain.seal import KeptHead, WholeHead
from chalicelib.errors import ConcurrentChange, Unavailable
from chalicelib.services.verification import Verification, Verifications

SEALING = 5.0  # seconds; what is left is sealed a minute later

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditMeans:
    """
    safe      where heads are kept that nobody can rewrite
    seconds   a clock that only goes forward
    """

    trail: AuditLog
    chains: ChainStore
    sealer: Sealer
    safe: Callable[[], HeadSafe]
    clock: Clock
    seconds: Callable[[], float]


class Audit:
    def __init__(self, means: AuditMeans) -> None:
        self._means = means
        self._verifications = Verifications(means.chains, means.seconds)

    def list(self, narrowed: AuditFilter, request: PageRequest) -> Page[AuditEvent]:
        return self._means.trail.page(narrowed, request)

    def seal(self) -> bool:
        """Seal what was added since the last time. Is everything sealed now?"""
        ends = self._means.seconds() + SEALING
        try:
            while self._means.sealer.seal(self._means.clock()):
                if self._means.seconds() > ends:
                    return False
        except ConcurrentChange:
            log.info("a rival is sealing")
            return False
        return True

    def verify(self, since: WholeHead, most: int | None = None) -> Verification:
        """Seal what is there, then walk the seals and all that they name from `since` on."""
        there = self._means.chains.events_there()  # before, for what is added meanwhile may be sealed or not
        is_sealed = self._can_seal()
        kept = self._means.safe().kept()
        return self._verifications.whole(since, kept, there if is_sealed else None, most)

    def verify_chain(self, since: Head, most: int | None = None) -> Verification:
        return self._verifications.chain(since, most)

    def _can_seal(self) -> bool:
        """Who changed the trail may have made that impossible; what they did is to be said all the same."""
        try:
            return self.seal()
        except Unavailable:
            log.warning("the audit trail cannot be sealed")
            return False

    def keep_head(self) -> KeptHead | None:
        """Put the head of the whole where nobody can rewrite it; look at what was added since the last one.

        Returns  None while there is nothing to keep
        """
        safe = self._means.safe()
        last = max(safe.kept().values(), key=lambda each: each.seq, default=None)
        since = WholeHead(seq=last.seq, hash=last.hash, total=last.total) if last else WholeHead()
        found = self.verify(since)
        if found.broken:
            log.error("audit trail broken", extra={"fault": found.broken.kind, "what": found.broken.what})
        head = self._means.chains.whole_head()
        if head.seq == 0:
            return None
        kept = KeptHead(seq=head.seq, hash=head.hash, total=head.total, at=self._means.clock())
        safe.keep(kept)
        return kept
