"""What the work on domains needs from outside, named by role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.mail_records import Answers, DomainLook, NeededRecord, Question
from chalicelib.domain.tenant import Tenant


class Dns(Protocol):
    def look(self, questions: Sequence[Question]) -> Answers:
        """What DNS shows for each; None for what was not answered in time. Raises nothing."""


class MailZones(Protocol):
    def records_of(self, tenant: Tenant, name: str) -> tuple[NeededRecord, ...]:
        """What a domain of the tenant needs in DNS; nothing while the mail server does not have it.

        Raises   any IntegrationFailure
        """


class DomainLooks(Protocol):
    def of(self, tenant_id: str) -> tuple[DomainLook, ...]:
        """The last look at each domain."""

    def begin(self, tenant_id: str, name: str, now: datetime, since: datetime) -> bool:
        """Note that a look begins; False when one began after `since`, so that nobody asks too often."""

    def put(self, look: DomainLook) -> None: ...

    def forget(self, tenant_id: str, name: str) -> None: ...


class DomainCalendar(Protocol):
    """When each tenant's domains are looked at next: a hint beside the tenant, no part of it."""

    def domains_due(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        """Longest waiting first; then those that nobody has looked at yet."""

    def look_at_domains(self, tenant_id: str, at: datetime) -> None: ...
