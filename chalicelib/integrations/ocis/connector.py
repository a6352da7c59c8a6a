"""oCIS's part of a tenant: a group with a user for each person, and one project space that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.domain.ports import Clock
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.ocis.client import Ocis
from chalicelib.integrations.ocis.deeds import Deeds
from chalicelib.integrations.ocis.files import space_steps, the_one
from chalicelib.integrations.ocis.looking import GROUP, SPACE, USERS, Look, Observed
from chalicelib.integrations.ocis.ownership import group_name
from chalicelib.integrations.ocis.people import changes, creations, departures, joins, lockouts
from chalicelib.integrations.ocis.purging import purge_steps
from chalicelib.integrations.ocis.reports import reports


def _now() -> datetime:
    return datetime.now(UTC)


class OcisConnector:
    """A tenant that is not active keeps every object; its users and its space are disabled."""

    integration: Integration = "ocis"

    def __init__(self, ocis: Ocis, clock: Clock = _now) -> None:
        self._look = Look(ocis, clock)
        self._deeds = Deeds(ocis, self._look)

    def observe(self, tenant: Wanted) -> Observed:
        return self._look.at(tenant)

    def diff(self, tenant: Wanted, observed: Observed) -> tuple[Step, ...]:
        """What needs a person is a step of its own, the last one: all others are done before it fails."""
        return tuple((purge_steps if tenant.purging else _steps)(tenant, observed))

    def apply(self, tenant: Wanted, step: Step) -> None:
        self._deeds.do(tenant, step)

    def ids(self, observed: Observed) -> dict[str, str]:
        """Ids of users stay when they leave: a purge finds them by nothing else."""
        space = the_one(observed)
        ids = {
            SPACE: space.id if space else "",
            GROUP: observed.group.id if observed.group else "",
            USERS: " ".join(sorted(observed.users)),
        }
        return {name: value for name, value in ids.items() if value}


def _steps(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    yield from lockouts(tenant, observed)
    yield from _group_steps(tenant, observed)
    yield from space_steps(tenant, observed)
    yield from creations(tenant, observed)
    yield from changes(tenant, observed)
    yield from joins(tenant, observed)
    yield from departures(tenant, observed)
    yield from reports(tenant, observed)


def _group_steps(tenant: Wanted, observed: Observed) -> Iterator[Step]:
    name = group_name(tenant.slug)
    if observed.group is None and tenant.lifecycle == "active":
        yield Step(action="create-group", sentence=f"Create the group {name}", target=name)
