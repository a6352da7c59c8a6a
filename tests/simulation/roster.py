"""Who belongs where: people, and the tenants that each of them is a member of, the home first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from chalicelib.domain.user import Role
from chalicelib.domain.wanted import Person


@dataclass(frozen=True)
class Tie:
    tenant_id: str
    role: Role
    active: bool = True


class SimRoster:
    def __init__(self) -> None:
        self._people: dict[str, tuple[Person, list[Tie]]] = {}
        self._ever: defaultdict[str, set[str]] = defaultdict(set)  # ids of people by tenant

    def people_of(self, tenant_id: str) -> tuple[Person, ...]:
        found = (
            person.with_(role=tie.role, active=tie.active, home=ties[0].tenant_id == tenant_id)
            for person, ties in self._people.values()
            for tie in ties
            if tie.tenant_id == tenant_id
        )
        return tuple(sorted(found, key=lambda person: person.address))

    def home_of(self, person: Person) -> str | None:
        _, ties = self._people[person.id]
        return ties[0].tenant_id if ties else None

    def addresses(self, tenant_id: str) -> set[str]:
        """Of everybody who ever was a member."""
        return {self._people[each][0].address for each in self._ever[tenant_id]}

    def joins(self, tenant_id: str, person: Person, role: Role) -> None:
        _, ties = self._people.setdefault(person.id, (person, []))
        ties.append(Tie(tenant_id, role))
        self._ever[tenant_id].add(person.id)

    def changes(self, tenant_id: str, person: Person, **update: object) -> None:
        _, ties = self._people[person.id]
        ties[:] = [replace(each, **update) if each.tenant_id == tenant_id else each for each in ties]

    def leaves(self, tenant_id: str, person: Person) -> None:
        _, ties = self._people[person.id]
        ties[:] = [each for each in ties if each.tenant_id != tenant_id]
