"""What the audit trail's use cases need from outside, named by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain.audit import AuditEvent, AuditFilter
from chalicelib.domain.chain import Chained, Head
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.seal import Found, KeptHead, Seal, WholeHead


class AuditLog(Protocol):
    def add(self, event: AuditEvent) -> None: ...

    def find(self, value_id: str) -> AuditEvent | None: ...

    def page(self, narrowed: AuditFilter, request: PageRequest) -> Page[AuditEvent]: ...


class ChainStore(Protocol):
    """Everything that is stored of the chains; nothing of it is to be believed."""

    def head(self, chain: str) -> Head: ...

    def whole_head(self) -> WholeHead: ...

    def events(self, chain: str, after: int, upto: int) -> tuple[Chained, ...]: ...

    def seals(self, after: int, upto: int) -> tuple[Seal, ...]: ...

    def found(self, seals: Iterable[Seal]) -> Found: ...

    def first_at(self) -> datetime | None:
        """When the first event was chained."""

    def newest_unchained(self) -> tuple[str, datetime] | None: ...

    def unchained(self) -> int: ...

    def events_there(self) -> int: ...


class Sealer(Protocol):
    def seal(self, now: datetime) -> bool:
        """Seal some of what was added; is there more? Raises ConcurrentChange when a rival was faster."""


class HeadSafe(Protocol):
    """Where the application can add heads, but neither change nor remove one."""

    def keep(self, head: KeptHead) -> None:
        """Safe to repeat."""

    def kept(self) -> Mapping[int, KeptHead]:
        """All heads, by the number of the seal."""
