"""Comparison: what Stalwart holds of a tenant beside what it should hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.domain.wanted import Person, Wanted
from chalicelib.errors import NeedsPerson
from chalicelib.integrations.stalwart.mailboxes import (
    LOCKED,
    denied_to,
    lock_for,
    patch_for,
    patch_for_bystander,
)
from chalicelib.integrations.stalwart.objects import Account, Domain

FEW = 5  # objects that may go in one run however few there are …
SHARE = 5  # … and beyond that one in five: more at once is a mistake until a person says otherwise


@dataclass(frozen=True, slots=True)
class Observed:
    """
    ours      domains that carry the tenant's marker, wanted or not
    taken     names of domains that the tenant wants and others have
    accounts  all that live on our domains, and so are ours
    """

    ours: tuple[Domain, ...]
    taken: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()

    def address(self, account: Account) -> str:
        return f"{account.name}@{self._name_of(account.domainId)}"

    def addresses(self) -> dict[str, Account]:
        return {self.address(account): account for account in self.accounts}

    def aliases(self) -> set[str]:
        """Second addresses of our accounts, on our domains."""
        aliases = (alias for account in self.accounts for alias in account.aliases.values())
        return {f"{alias.name}@{self._name_of(alias.domainId)}" for alias in aliases}

    def _name_of(self, domain: str) -> str:
        return next((each.name for each in self.ours if each.id == domain), "")


@dataclass(frozen=True)
class Comparison:
    tenant: Wanted
    observed: Observed

    @property
    def missing_domains(self) -> list[str]:
        held = {*(each.name for each in self.observed.ours), *self.observed.taken}
        return [name for name in self._domains if name not in held]

    @property
    def unsigned_domains(self) -> list[Domain]:
        """Domains whose DKIM keys somebody took into their own hands."""
        kept = [each for each in self.observed.ours if each.name in self._domains]
        return [each for each in kept if each.dkimManagement and each.dkimManagement.type != "Automatic"]

    @property
    def doomed_domains(self) -> list[Domain]:
        return [] if self.is_mass_removal else self._unwanted_domains

    @property
    def doomed_accounts(self) -> list[Account]:
        """Groups come last: nothing may point at them when they go."""
        going = {each.id for each in self.doomed_domains}
        doomed = [each for each in self.observed.accounts if each.domainId in going]
        return sorted(doomed, key=lambda account: not account.is_person)

    @property
    def missing_people(self) -> list[Person]:
        """Those who want a mailbox, have none, and whose address is free as far as we see."""
        held = {*self._addresses, *self._aliases}
        return [each for each in self._mail_people if each.address not in held]

    @cached_property
    def patches(self) -> dict[str, dict[str, Any]]:
        """By id: what has to change about accounts that stay."""
        doomed = {each.id for each in self.doomed_accounts}
        staying = [each for each in self.observed.accounts if each.id not in doomed]
        patches = {each.id: self._patch(each) for each in staying if not self.tenant.purging}
        return {identity: patch for identity, patch in patches.items() if patch}

    def troubles(self) -> Iterator[NeedsPerson]:
        """What keeps us from the desired state until a person has looked."""
        for name in self.observed.taken if not self.tenant.purging else ():
            yield domain_conflict(name)
        for person in self._mail_people:
            if self._is_address_taken(person.address):
                yield address_conflict(person.address)
        if self.is_mass_removal:
            message = f"{self._going} of {self._present} domains and mailboxes would be removed or locked"
            yield NeedsPerson("mass-delete-guard", f"{message} in Stalwart")

    @cached_property
    def is_mass_removal(self) -> bool:
        """More than a worker may do alone; a purge is no mistake, nor is what a person has approved."""
        if self.tenant.purging or self.tenant.may_remove_many:
            return False
        return self._going > max(FEW, self._present // SHARE)

    @property
    def _domains(self) -> tuple[str, ...]:
        return () if self.tenant.purging else self.tenant.domains

    @cached_property
    def _unwanted_domains(self) -> list[Domain]:
        """A terminated tenant keeps everything until its purge: it may be restored."""
        if self.tenant.lifecycle == "terminated" and not self.tenant.purging:
            return []
        return [each for each in self.observed.ours if each.name not in self._domains]

    @property
    def _present(self) -> int:
        return len(self.observed.ours) + len(self.observed.accounts)

    @cached_property
    def _going(self) -> int:
        """How many objects would go, or be locked for no other reason than that nobody knows them."""
        unwanted = {each.id for each in self._unwanted_domains}
        doomed = {each.id for each in self.observed.accounts if each.domainId in unwanted}
        return len(unwanted) + len(doomed | self._strangers)

    @cached_property
    def _strangers(self) -> set[str]:
        """Ids of accounts that an active tenant locks out because they are of nobody it knows."""
        if self.tenant.lifecycle != "active" or self.tenant.purging:
            return set()
        return {each.id for each in self.observed.accounts if self._is_stranger(each) and _is_open(each)}

    @cached_property
    def _people(self) -> dict[str, Person]:
        """By address. Of two with one address, who is at home and active counts."""
        ranked = sorted(self.tenant.people, key=lambda person: (person.home, person.active))
        return {person.address: person for person in ranked}

    @cached_property
    def _mail_people(self) -> list[Person]:
        if self.tenant.purging:
            return []
        people = self._people.values()
        mine = [each for each in people if self.tenant.is_mail_account(each)]
        return [each for each in mine if each.address.rpartition("@")[2] not in self.observed.taken]

    @cached_property
    def _addresses(self) -> dict[str, Account]:
        return self.observed.addresses()

    @cached_property
    def _aliases(self) -> set[str]:
        return self.observed.aliases()

    def _patch(self, account: Account) -> dict[str, Any]:
        person = self._people.get(self.observed.address(account))
        if not account.is_person or (person is not None and not person.home):
            return patch_for_bystander(self.tenant, account)
        if person is not None:
            return patch_for(self.tenant, account, person)
        if account.id in self._strangers and self.is_mass_removal:
            return {}
        return lock_for(account, denied_to(self.tenant, None))

    def _is_stranger(self, account: Account) -> bool:
        return account.is_person and self.observed.address(account) not in self._people

    def _is_address_taken(self, address: str) -> bool:
        account = self._addresses.get(address)
        return address in self._aliases if account is None else not account.is_person


def domain_conflict(name: str) -> NeedsPerson:
    return NeedsPerson("name-conflict", f"The domain {name} exists in Stalwart and is not this tenant's")


def address_conflict(address: str) -> NeedsPerson:
    message = f"The address {address} belongs to something else in Stalwart: an alias, a group or a list"
    return NeedsPerson("name-conflict", message)


def _is_open(account: Account) -> bool:
    denied = account.permissions.denied
    return denied is None or not denied >= LOCKED
