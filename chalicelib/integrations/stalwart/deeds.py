"""Deeds: the steps that look once more before they act, as names and objects may have moved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.wanted import Wanted
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.markers import carries, marker
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.comparison import address_conflict, domain_conflict
from chalicelib.integrations.stalwart.objects import Domain, Linked


@dataclass(frozen=True, slots=True)
class Deeds:
    stalwart: Stalwart
    tenant: Wanted

    def create_domain(self, name: str) -> None:
        holder = self.stalwart.domains.create(name, marker(self.tenant.slug))
        if holder is None:
            return
        found = self.stalwart.domains.get(holder)
        if found is None:
            raise _moved()
        if not self._is_ours(found, name):
            raise domain_conflict(name)  # it may also be an alias of another domain

    def create_mailboxes(self, name: str, drafts: Mapping[str, Mapping[str, Any]]) -> None:
        """Create accounts by address on the domain `name`. Whoever is there already is adopted."""
        domain = self._our_domain(name)
        whole = {address: {**draft, "domainId": domain.id} for address, draft in drafts.items()}
        if taken := self.stalwart.accounts.create(whole):
            self._check_adopted(domain, taken)

    def destroy_mailboxes(self, domain: str, name: str, identities: Sequence[str]) -> None:
        """Destroy accounts on a domain of ours; those that went by themselves are done."""
        self._existing(domain, name)
        found = self.stalwart.accounts.get(identities)
        if any(each.domainId != domain for each in found):
            raise _moved()
        if found:
            self.stalwart.accounts.destroy([each.id for each in found])

    def destroy_domain(self, identity: str, name: str) -> None:
        """Destroy a domain of ours, DKIM keys first; what else keeps it from going is left to a person."""
        if self._existing(identity, name) is None:
            return
        if not (linked := self.stalwart.domains.destroy(identity)):
            return
        self._check_only_keys(identity, name, linked)
        self.stalwart.domains.destroy_signatures([each.id for each in linked], identity)
        if self.stalwart.domains.destroy(identity):
            raise _moved()  # something new points at it; the next run looks what

    def _our_domain(self, name: str) -> Domain:
        found = self.stalwart.domains.named([name])
        if not found:
            raise _moved()
        if not self._is_ours(found[0], name):
            raise domain_conflict(name)
        return found[0]

    def _existing(self, identity: str, name: str) -> Domain | None:
        """The domain, if it is there; only what is still our own is ever destroyed."""
        found = self.stalwart.domains.get(identity)
        if found is not None and not self._is_ours(found, name):
            raise _moved()
        return found

    def _is_ours(self, domain: Domain, name: str) -> bool:
        return domain.name == name and carries(domain.description, self.tenant.slug)

    def _check_adopted(self, domain: Domain, taken: Mapping[str, Linked]) -> None:
        """Raises NeedsPerson for the first address that is not that of a mailbox on our domain."""
        holders = [each.id for each in taken.values() if each.kind == "Account"]
        found = {each.id: each for each in self.stalwart.accounts.get(holders)} if holders else {}
        for address, holder in taken.items():
            account = found.get(holder.id)
            if holder.kind == "Account" and account is None:
                raise _moved()
            if account is None or not account.is_person or account.domainId != domain.id:
                raise address_conflict(address)
            if f"{account.name}@{domain.name}" != address:
                raise address_conflict(address)

    def _check_only_keys(self, identity: str, name: str, linked: Sequence[Linked]) -> None:
        others = [each for each in linked if each.kind != "DkimSignature"]
        accounts = [each.id for each in others if each.kind == "Account"]
        found = self.stalwart.accounts.get(accounts) if accounts else []
        if any(each.domainId == identity for each in found):
            raise _moved()  # mailboxes that came since we looked: the next run takes them into account
        if others:
            message = f"The domain {name} is still used in Stalwart by lists or by aliases of other domains"
            raise NeedsPerson("domain-in-use", message)


def _moved() -> TryLater:
    return TryLater("moved", "Stalwart's domains or mailboxes changed while we worked on them")
