"""DomainChecks: looks at what DNS shows of domains, and takes a proof of ownership when it is there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.actor import SCHEDULE, Actor
from chalicelib.domain.domain_ports import Dns, DomainCalendar, DomainLooks, MailZones
from chalicelib.domain.mail_records import DomainLook, NeededRecord, grade, seen
from chalicelib.domain.ownership import DomainClaim
from chalicelib.domain.tenant import NEVER, Tenant
from chalicelib.errors import ConcurrentChange, DomainNotFound, ImpossibleMove, IntegrationFailure
from chalicelib.services.changes import TenantChanges
from chalicelib.services.means import Means

log = logging.getLogger(__name__)

AT_MOST_EVERY = timedelta(seconds=10)  # whoever asks more often gets the last look
SOON, LATER = timedelta(minutes=5), timedelta(days=1)
FRESH = timedelta(hours=6)  # after it was named or proven: as long as somebody may sit before it
MOST_RECORDS = 10  # of one domain: with the proof no more than 11 questions
TENANTS = 200  # in one go of the schedule: a fleet of 50,000 in a day …
ENOUGH = timedelta(seconds=30)  # … which begins no look after this time
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CheckMeans:
    looks: DomainLooks
    calendar: DomainCalendar
    dns: Dns
    zones: MailZones


class DomainChecks:
    def __init__(self, means: Means, changes: TenantChanges, checks: CheckMeans) -> None:
        self._records = means.records
        self._clock = means.clock
        self._changes = changes
        self._looks = checks.looks
        self._calendar = checks.calendar
        self._dns = checks.dns
        self._zones = checks.zones

    def check(self, actor: Actor, tenant: Tenant, name: str) -> Tenant:
        """Look at DNS now, unless somebody did so a moment ago. Returns the tenant, which may own it now.

        Raises   DomainNotFound, ImpossibleMove, ConcurrentChange
        """
        if name not in tenant.domains:
            raise DomainNotFound
        tenant.check_move("change")
        now = self._clock()
        if not self._looks.begin(tenant.id, name, now, now - AT_MOST_EVERY):
            return tenant
        claim = tenant.claim_of(name)
        look = self._look(tenant, name, claim)
        self._looks.put(look)
        is_proof = look.proof is not None and look.proof.state == "found"
        if claim is None or claim.ownership != "unproven" or not is_proof:
            return tenant
        return self._proved(actor, tenant, claim)

    def check_due(self) -> int:
        """Look at the domains whose time has come, as many as there is time for. Returns how many tenants."""
        began, done = self._clock(), 0
        for tenant in self._calendar.domains_due(began, TENANTS):
            if self._clock() - began > ENOUGH:
                break
            # A look that breaks off is not repeated at once, so that it keeps nobody else waiting.
            self._calendar.look_at_domains(tenant.id, self._clock() + SOON)
            try:
                self._check_all(tenant, until=began + ENOUGH)
            except ConcurrentChange:
                log.info("domains changed meanwhile", extra={"tenant_id": tenant.id})
            except Exception:
                # One tenant, whatever is wrong with it, must not keep the others from their look.
                log.exception("domains could not be looked at", extra={"tenant_id": tenant.id})
            done += 1
        return done

    def _check_all(self, tenant: Tenant, until: datetime) -> None:
        """Those of its domains that are due; the calendar notes when the next one is."""
        if tenant.lifecycle == "terminated":
            for name in tenant.domains if tenant.purging else ():
                self._looks.forget(tenant.id, name)
            self._calendar.look_at_domains(tenant.id, NEVER if tenant.purging else self._clock() + LATER)
            return
        due = self._due(tenant)
        for name in sorted(due, key=lambda each: due[each]):
            if due[name] > self._clock() or self._clock() > until:
                break
            tenant = self.check(SCHEDULE, tenant, name)
        next_one = min(self._due(tenant).values(), default=self._clock() + LATER)
        self._calendar.look_at_domains(tenant.id, next_one)

    def _due(self, tenant: Tenant) -> dict[str, datetime]:
        """When each of its domains is looked at next; at once those that nobody has looked at."""
        looks = {each.name: each for each in self._looks.of(tenant.id)}
        return {
            name: _due_at(tenant, name, looks[name]) if name in looks else self._clock()
            for name in tenant.domains
        }

    def _look(self, tenant: Tenant, name: str, claim: DomainClaim | None) -> DomainLook:
        proof, needed = _proof(claim), self._needed(tenant, name)
        answers = self._dns.look([each.question for each in (*needed, *([proof] if proof else []))])
        now = self._clock()
        return DomainLook(
            id=f"{tenant.id}:{name}",
            tenant_id=tenant.id,
            name=name,
            checked_at=now,
            expires_at=now + KEPT,
            proof=seen(proof, answers) if proof else None,
            records=tuple(seen(each, answers) for each in needed),
        )

    def _needed(self, tenant: Tenant, name: str) -> Sequence[NeededRecord]:
        """What the mail server asks for; while it does not answer, what it asked for the last time."""
        if tenant.ownership_of(name) == "unproven":
            return ()
        try:
            return self._zones.records_of(tenant, name)[:MOST_RECORDS]
        except IntegrationFailure as failure:
            log.info("the mail server names no records", extra={"tenant_id": tenant.id, "code": failure.code})
        looks = (each for each in self._looks.of(tenant.id) if each.name == name)
        return tuple(record for look in looks for record in look.records)

    def _proved(self, actor: Actor, tenant: Tenant, claim: DomainClaim) -> Tenant:
        """It is the tenant's own from now on, unless it was named anew meanwhile."""

        def owning(stored: Tenant) -> Tenant:
            if stored.claim_of(claim.name) != claim:
                raise ImpossibleMove("This domain was changed meanwhile; look again")
            return stored.owning(claim.name, "proven", self._clock())

        def record(was: Tenant, now: Tenant) -> None:
            self._records.tenant(actor, "tenant.domain.prove", was, now)

        self._calendar.look_at_domains(tenant.id, self._clock() + SOON)
        return self._changes.apply(tenant, owning, record)


def _proof(claim: DomainClaim | None) -> NeededRecord | None:
    if claim is None or not claim.token:
        return None
    return NeededRecord(purpose="ownership", name=claim.record_name, type="TXT", value=claim.record_value)


def _due_at(tenant: Tenant, name: str, look: DomainLook) -> datetime:
    claim = tenant.claim_of(name)
    is_fresh = claim is not None and look.checked_at - claim.since < FRESH
    is_good = grade(tenant.ownership_of(name), look) == "good"
    return look.checked_at + (SOON if is_fresh and not is_good else LATER)
