"""Stalwart's part of a tenant: a domain object for each of its domains, marked by its description."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.markers import carries, marker
from chalicelib.integrations.stalwart.client import Domain, Stalwart

FEW = 5  # objects that may go in one run however few there are …
SHARE = 5  # … and beyond that one in five: more at once is a mistake until a person says otherwise


@dataclass(frozen=True, slots=True)
class Observed:
    """
    ours    domains that carry the tenant's marker, wanted or not
    taken   names that the tenant wants and others have
    """

    ours: tuple[Domain, ...]
    taken: tuple[str, ...]


class StalwartConnector:
    """The desired state of a terminated tenant is the same domains: soft deletion keeps every object."""

    integration: Integration = "stalwart"

    def __init__(self, stalwart: Stalwart) -> None:
        self._stalwart = stalwart

    def observe(self, tenant: Tenant) -> Observed:
        found = self._stalwart.find_domains(marker(tenant.slug), tenant.domains)
        # Filters by words and by names that the vendor does not know let anything through: look at each.
        ours = tuple(each for each in found if carries(each.description, tenant.slug))
        others = {each.name for each in found if not carries(each.description, tenant.slug)}
        return Observed(ours, tuple(name for name in tenant.domains if name in others))

    def diff(self, tenant: Tenant, observed: Observed) -> tuple[Step, ...]:
        """Raises NeedsPerson: "name-conflict" for a domain of others, "mass-delete-guard" for too many."""
        for name in observed.taken:
            raise _conflict(name)
        present = {each.name for each in observed.ours}
        unwanted = [each for each in observed.ours if each.name not in tenant.domains]
        _check_few(len(unwanted), len(observed.ours))
        missing = [name for name in tenant.domains if name not in present]
        return (*(_creation(name) for name in missing), *(_destruction(each) for each in unwanted))

    def apply(self, tenant: Tenant, step: Step) -> None:
        if step.action == "create-domain":
            self._create(tenant, step.target)
        else:
            self._destroy(tenant, step)

    def ids(self, observed: Observed) -> dict[str, str]:
        # Names stand in the value: databases do not like dots in keys.
        pairs = sorted(f"{each.name}={each.id}" for each in observed.ours)
        return {"domains": ", ".join(pairs)} if pairs else {}

    def _create(self, tenant: Tenant, name: str) -> None:
        holder = self._stalwart.create_domain(name, marker(tenant.slug))
        if holder is None:
            return
        found = self._stalwart.get_domain(holder)
        if found is None:
            raise _moved()
        if found.name != name or not carries(found.description, tenant.slug):
            raise _conflict(name)  # it may also be an alias of another domain

    def _destroy(self, tenant: Tenant, step: Step) -> None:
        """Look once more at what is about to go: only what is our own is ever destroyed."""
        identity, name = step.target, step.arguments["name"]
        found = self._stalwart.get_domain(identity)
        if found is None:
            return
        if found.name != name or not carries(found.description, tenant.slug):
            raise _moved()
        if linked := self._stalwart.destroy_domain(identity):
            if any(each.object.removeprefix("x:") != "DkimSignature" for each in linked):
                raise NeedsPerson(
                    "domain-in-use", f"The domain {name} still has mailboxes or lists in Stalwart"
                )
            self._stalwart.destroy_signatures([each.id for each in linked], identity)
            self._destroy_at_last(identity)

    def _destroy_at_last(self, identity: str) -> None:
        if self._stalwart.destroy_domain(identity):
            raise _moved()  # something new points at it; the next run looks what


def _check_few(unwanted: int, ours: int) -> None:
    if unwanted > max(FEW, ours // SHARE):
        raise NeedsPerson("mass-delete-guard", f"{unwanted} of {ours} domains would be removed from Stalwart")


def _creation(name: str) -> Step:
    return Step(action="create-domain", sentence=f"Create the domain {name}", target=name)


def _destruction(domain: Domain) -> Step:
    return Step(
        action="destroy-domain",
        sentence=f"Remove the domain {domain.name} and its DKIM keys",
        risk="destructive",
        target=domain.id,
        arguments={"name": domain.name},
    )


def _conflict(name: str) -> NeedsPerson:
    return NeedsPerson("name-conflict", f"The domain {name} exists in Stalwart and is not this tenant's")


def _moved() -> TryLater:
    return TryLater("moved", "Stalwart's domains changed while we worked on them")
