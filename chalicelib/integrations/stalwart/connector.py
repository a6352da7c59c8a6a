"""Stalwart's part of a tenant: its domains, marked by their descriptions, and a mailbox for each person."""

from __future__ import annotations

from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.markers import carries, marker
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.comparison import Comparison, Observed
from chalicelib.integrations.stalwart.deeds import Deeds
from chalicelib.integrations.stalwart.plan import steps_of


class StalwartConnector:
    """An account is ours when it lives on a domain of ours: nothing else of it could carry a marker."""

    integration: Integration = "stalwart"

    def __init__(self, stalwart: Stalwart) -> None:
        self._stalwart = stalwart

    def observe(self, tenant: Wanted) -> Observed:
        """One request for a tenant of up to six domains that was seen before."""
        known = _known_ids(tenant)
        glance = self._stalwart.glance(marker(tenant.slug), known)
        names = {each.name for each in glance.domains}
        unseen = [name for name in _names(tenant) if name not in names]
        found = {each.id: each for each in (*glance.domains, *self._stalwart.domains.named(unseen))}
        # Filters by words and by names that the vendor does not know let anything through: look at each.
        ours = [each for each in found.values() if carries(each.description, tenant.slug)]
        others = {each.name for each in found.values() if each not in ours}
        more = self._stalwart.accounts.on([each.id for each in ours if each.id not in known])
        mine = {each.id for each in ours}
        accounts = [each for each in (*glance.accounts, *more) if each.domainId in mine]
        taken = tuple(name for name in tenant.domains if name in others)
        return Observed(tuple(ours), taken, tuple(accounts))

    def diff(self, tenant: Wanted, observed: Observed) -> tuple[Step, ...]:
        """What can be done first; when only conflicts are left, they are told.

        Raises   NeedsPerson: "name-conflict" for a domain or an address of others, "mass-delete-guard"
        """
        comparison = Comparison(tenant, observed)
        steps = steps_of(comparison)
        if not steps:
            for trouble in comparison.troubles():
                raise trouble
        return steps

    def apply(self, tenant: Wanted, step: Step) -> None:
        deeds = Deeds(self._stalwart, tenant)
        match step.action:
            case "create-domain":
                deeds.create_domain(step.target)
            case "manage-keys":
                self._stalwart.domains.manage_keys(step.target)
            case "destroy-domain":
                deeds.destroy_domain(step.target, step.arguments["name"])
            case "create-mailboxes":
                deeds.create_mailboxes(step.target, step.arguments["drafts"])
            case "destroy-mailboxes":
                deeds.destroy_mailboxes(step.target, step.arguments["name"], step.arguments["ids"])
            case _:
                self._stalwart.accounts.update(step.arguments["patches"])

    def ids(self, observed: Observed) -> dict[str, str]:
        # Names stand in the value: databases do not like dots in keys.
        pairs = sorted(f"{each.name}={each.id}" for each in observed.ours)
        return {"domains": ", ".join(pairs)} if pairs else {}


def _names(tenant: Tenant) -> list[str]:
    """Of domains that are wanted, and of those that a worker set out to make for an earlier wish."""
    begun = (each.name for each in tenant.provisioning.stalwart.begun)
    return list(dict.fromkeys((*tenant.domains, *begun)))


def _known_ids(tenant: Tenant) -> list[str]:
    """Ids of domains that the last good look wrote down, as `ids` writes them: only where to look first."""
    pairs = tenant.provisioning.stalwart.ids.get("domains", "").split(", ")
    return [identity for _, _, identity in (pair.partition("=") for pair in pairs) if identity]
