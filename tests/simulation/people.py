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
GUESTS = 0.4  # of those who join are members elsewhere
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

    def begin(self, duration: float, tenants: int, deeds: int) -> list[str]:
        """Found `tenants`, and do `deeds` things to each, within `duration` seconds. Returns their ids."""
        for number, slug in enumerate(SLUGS[:tenants]):
            founded = self._random.uniform(0, duration / 3)
            tenant_id = f"{number:032x}"
            self._shop.schedule.after(founded, partial(self._found, tenant_id, slug))
            for _ in range(deeds):
                moment = self._random.uniform(founded, duration)
                self._shop.schedule.after(moment, partial(self._act, tenant_id))
        return [f"{number:032x}" for number in range(tenants)]

    def _found(self, tenant_id: str, slug: str) -> None:
        now = self._shop.schedule.clock()
        fields = {"id": tenant_id, "slug": slug, "name": slug.title(), "created_at": now, "updated_at": now}
        tenant = Tenant(**fields, domains=(f"{slug}.test",), plan=self._random.choice(PLANS))
        self._shop.roster.joins(tenant_id, self._person(tenant), "owner")
        self._shop.tenants.add(tenant)
        self.promise(tenant, "found")

    def _act(self, tenant_id: str) -> None:
        """Do something, and perhaps think better of it while the workers are at it. Nobody does in a calm."""
        if not self._shop.storm.is_on:
            return
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
        members, roster = self._shop.roster.people_of(tenant.id), self._shop.roster
        role = self._random.choice(ROLES)
        if not members or (len(members) < MOST_PEOPLE and self._random.random() < 0.5):
            roster.joins(tenant.id, self._newcomer(tenant), role)
        else:
            chosen = self._random.choice(members)
            match self._random.randrange(3):
                case 0:
                    self._leave(tenant, chosen)
                case 1:
                    roster.changes(tenant.id, chosen, active=not chosen.active)
                case 2:
                    roster.changes(tenant.id, chosen, role=role)
        return tenant.changed(self._shop.schedule.clock())

    def _newcomer(self, tenant: Tenant) -> Person:
        """Somebody new, or a guest: a member of another tenant, which stays their home."""
        here = {each.id for each in self._shop.roster.people_of(tenant.id)}
        others = [each for each in self.last.values() if each.id != tenant.id and not each.purging]
        guests = [
            person
            for other in others
            for person in self._shop.roster.people_of(other.id)
            if person.home and person.id not in here
        ]
        if guests and self._random.random() < GUESTS:
            return self._random.choice(guests)
        return self._person(tenant)

    def _leave(self, tenant: Tenant, person: Person) -> None:
        """Whoever leaves their home is at home in the next of their tenants, which hears of it."""
        roster = self._shop.roster
        roster.leaves(tenant.id, person)
        home = roster.home_of(person)
        if person.home and home is not None:
            stored = self._shop.tenants.stored[home]
            moved = stored.changed(self._shop.schedule.clock())
            self.promise(self._shop.tenants.people_save(moved, stored), "home")

    def _person(self, tenant: Tenant) -> Person:
        """With an address in one of the tenant's domains, or from elsewhere."""
        self._persons += 1
        domain = self._random.choice([*tenant.domains, "elsewhere.test"])
        name = f"p{self._persons}"
        return Person(id=f"{self._persons:032x}", address=f"{name}@{domain}", name=name.title())

    def _suspend(self, tenant: Tenant) -> Tenant:
        return tenant.suspended(self._shop.schedule.clock(), "unpaid")

    def _resume(self, tenant: Tenant) -> Tenant:
        return tenant.resumed(self._shop.schedule.clock())

    def _terminate(self, tenant: Tenant) -> Tenant:
        return tenant.terminated(self._shop.schedule.clock(), KEPT)

    def _restore(self, tenant: Tenant) -> Tenant:
        return tenant.restored(self._shop.schedule.clock())

    def _purge(self, tenant: Tenant) -> Tenant:
        """With people in it; its guests elsewhere wait until the platform has let them go."""
        purged = tenant.purged(self._shop.schedule.clock())
        self._shop.schedule.after(self._random.uniform(0.0, 300.0), partial(self._emptied, tenant.id))
        return purged

    def _emptied(self, tenant_id: str) -> None:
        """Nobody is at home in what is to be gone: a while after its purge began all have left."""
        tenant = self._shop.tenants.stored[tenant_id]
        for person in self._shop.roster.people_of(tenant_id):
            self._leave(tenant, person)


def pool(slug: str) -> list[str]:
    """The domains that a tenant may ever have."""
    return [f"{slug}.test", *(f"{name}.{slug}.test" for name in "a")]
