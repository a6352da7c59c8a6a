"""DriftPauses: an operator leaves what was changed by hand in an integration alone, for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.domain.actor import Actor
from chalicelib.domain.drift import LONGEST, PauseDrift
from chalicelib.domain.provisioning import DriftPause, Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import ConcurrentChange, PreconditionFailed, Unprocessable
from chalicelib.services.means import Means

TRIES = 5  # a reconcile may write the same tenant at any moment; it never takes more than a few rounds


@dataclass(frozen=True, slots=True)
class Part:
    """One integration of one tenant."""

    tenant: Tenant
    integration: Integration

    def with_pause(self, pause: DriftPause | None, now: datetime) -> Tenant:
        """A change that people see, but no new wish: the generation stays."""
        tenant = self.tenant
        status = tenant.provisioning.of(self.integration).with_(drift_paused=pause)
        return tenant.with_(
            version=tenant.version + 1,
            updated_at=now,
            provisioning=tenant.provisioning.with_status(self.integration, status),
        )


class DriftPauses:
    def __init__(self, means: Means) -> None:
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock

    def pause(self, actor: Actor, part: Part, wish: PauseDrift, if_version: int | None = None) -> Tenant:
        """Raises PreconditionFailed, ImpossibleMove, ConcurrentChange; Unprocessable for a wrong time."""
        if if_version not in {None, part.tenant.version}:
            raise PreconditionFailed
        pause = DriftPause(
            reason=wish.reason,
            until=self._checked(wish.until),
            by=actor.user.id,
            generation=part.tenant.generation,
        )
        return self._save(actor, "pause", part, pause)

    def lift(self, actor: Actor, part: Part) -> Tenant:
        """Repair again, soon; nothing happens without a pause. Raises ImpossibleMove, ConcurrentChange."""
        if part.tenant.provisioning.of(part.integration).drift_paused is None:
            return part.tenant
        return self._save(actor, "lift", part, None)

    def _checked(self, until: datetime) -> datetime:
        now = self._clock()
        if not now < until <= now + LONGEST:
            message = f"must be in the future, at most {LONGEST.days} days ahead"
            raise Unprocessable("Some fields are wrong", [{"field": "until", "message": message}])
        moment = until.astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def _save(self, actor: Actor, verb: str, part: Part, pause: DriftPause | None) -> Tenant:
        """Store and audit. A reconcile that writes meanwhile only costs a round."""

        def work() -> Tenant:
            part.tenant.check_move("change")
            after = self._tenants.save(part.with_pause(pause, self._clock()), part.tenant)
            action = f"tenant.drift-pause.{verb}.{part.integration}"
            self._records.tenant(actor, action, part.tenant, after, _told(pause))
            return after

        for _ in range(TRIES):
            try:
                return self._unit.run(work)
            except ConcurrentChange:
                part = Part(self._moved_only_by_reconcile(part.tenant), part.integration)
        raise ConcurrentChange

    def _moved_only_by_reconcile(self, as_read: Tenant) -> Tenant:
        """The tenant as it is stored now. Raises ConcurrentChange when people changed it, too."""
        stored = self._tenants.find(as_read.id)
        if stored is None or stored.version != as_read.version:
            raise ConcurrentChange
        return stored


def _told(pause: DriftPause | None) -> str | None:
    return f"until {pause.until.isoformat(timespec='minutes')}: {pause.reason}" if pause else None
