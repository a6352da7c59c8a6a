"""People: what customers and operators do to tenants and their members, at times drawn from the seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.tenant import PLANS, Tenant
from chalicelib.domain.user import ROLES
from chalicelib.domain.wanted import Person, Wanted, wanted
from chalicelib.errors import ImpossibleMove
from tests.simulation.workers import Workshop

SLUGS = ("nord", "nord-2", "nord-22", "sud")  # each marker is the beginning of another's
KEPT = timedelta(minutes=4)  # how long a terminated tenant can be restored
SECOND_THOUGHTS = 0.4  # of all deeds are followed by another within two seconds
MOST_PEOPLE = 3  # in a tenant: with its two domains so few that no guard against mass deletion minds


class People:
    """They see their own changes only: `ledger` holds what they were promised, by tenant and generation."""

    def __init__(self, shop: Workshop, random: Random) -> None:
        self._shop, self._random = shop, random
        self.ledger: dict[tuple[str, int], Wanted] = {}
        self.last: dict[str, Tenant] = {}
        self._persons = 0
        self.moves: list[tuple[Callable[[Tenant], Tenant], int]] = [
            (self._change, 4),
            (self._members, 6),
            (self._suspend, 2),
            (self._resume, 3),
            (self._terminate, 2),
            (self._restore, 1),
            (self._purge, 3),
        ]

    def begin(self, duration: float, tenants: int, deeds: int) -> None:
        """Found `tenants`, and do `deeds` things to each, within `duration` seconds."""
        for number, slug in enumerate(SLUGS[:tenants]):
            founded = self._random.uniform(0, duration / 3)
            tenant_id = f"{number:032x}"
            self._shop.schedule.after(founded, partial(self._found, tenant_id, slug))
            for _ in range(deeds):
                moment = self._random.uniform(founded, duration)
                self._shop.schedule.after(moment, partial(self._act, tenant_id))

    def _found(self, tenant_id: str, slug: str) -> None:
        now = self._shop.schedule.clock()
        fields = {"id": tenant_id, "slug": slug, "name": slug.title(), "created_at": now, "updated_at": now}
        tenant = Tenant(**fields, domains=(f"{slug}.test",), plan=self._random.choice(PLANS))
        self._shop.roster.members[tenant_id] = (self._person(tenant, "owner"),)
        self._shop.tenants.add(tenant)
        self.promise(tenant, "found")

    def _act(self, tenant_id: str) -> None:
        """Do something, and perhaps think better of it while the workers are at it."""
        if self._random.random() < SECOND_THOUGHTS:
            moment = self._random.uniform(0.0, 2.0)
            self._shop.schedule.after(moment, partial(self._act, tenant_id))
        tenant = self._shop.tenants.stored[tenant_id]
        weights = [weight for _, weight in self.moves]
        (move,) = self._random.choices([move for move, _ in self.moves], weights)
        try:
            wished = move(tenant)
        except ImpossibleMove:
            return
        saved = self._shop.tenants.people_save(wished, tenant)
        self.promise(saved, move.__name__.strip("_"))

    def promise(self, tenant: Tenant, deed: str) -> None:
        """Accepted: from now on it counts. The hints may get lost, the change may not."""
        self._shop.trace.note("people", deed, tenant.slug, tenant.generation)
        members = self._shop.roster.people_of(tenant.id)
        self.ledger[tenant.id, tenant.generation] = wanted(tenant, members)
        self.last[tenant.id] = tenant
        for integration in INTEGRATIONS:
            self._shop.queues.hint(integration, tenant.id, deed, "")

    def _change(self, tenant: Tenant) -> Tenant:
        tenant.check_move("change")
        few = self._random.sample(pool(tenant.slug), self._random.randint(0, 2))
        field, value = self._random.choice(
            [
                ("domains", tuple(few)),
                ("plan", self._random.choice(PLANS)),
                ("name", f"{tenant.slug} {self._random.randint(1, 99)}"),
            ]
        )
        return tenant.changed(self._shop.schedule.clock(), **{field: value})

    def _members(self, tenant: Tenant) -> Tenant:
        tenant.check_move("change")
        members = list(self._shop.roster.people_of(tenant.id))
        if not members or (len(members) < MOST_PEOPLE and self._random.random() < 0.5):
            members.append(self._person(tenant, self._random.choice(ROLES)))
        else:
            chosen = members.pop(self._random.randrange(len(members)))
            members += self._random.choice(
                [
                    [],
                    [chosen.with_(active=not chosen.active)],
                    [chosen.with_(role=self._random.choice(ROLES))],
                ]
            )
        by_address = sorted(members, key=lambda person: person.address)
        self._shop.roster.members[tenant.id] = tuple(by_address)
        return tenant.changed(self._shop.schedule.clock())

    def _person(self, tenant: Tenant, role: str) -> Person:
        """With an address in one of the tenant's domains, or from elsewhere."""
        self._persons += 1
        domain = self._random.choice([*tenant.domains, "elsewhere.test"])
        name = f"p{self._persons}"
        return Person(id=f"{self._persons:032x}", address=f"{name}@{domain}", name=name.title(), role=role)

    def _suspend(self, tenant: Tenant) -> Tenant:
        return tenant.suspended(self._shop.schedule.clock(), "unpaid")

    def _resume(self, tenant: Tenant) -> Tenant:
        return tenant.resumed(self._shop.schedule.clock())

    def _terminate(self, tenant: Tenant) -> Tenant:
        return tenant.terminated(self._shop.schedule.clock(), KEPT)

    def _restore(self, tenant: Tenant) -> Tenant:
        return tenant.restored(self._shop.schedule.clock())

    def _purge(self, tenant: Tenant) -> Tenant:
        return tenant.purged(self._shop.schedule.clock())


def pool(slug: str) -> list[str]:
    """The domains that a tenant may ever have."""
    return [f"{slug}.test", *(f"{name}.{slug}.test" for name in "a")]
