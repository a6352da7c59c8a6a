"""The steps from what is there to what is wanted: locks come first, removals last. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Person
from chalicelib.integrations.stalwart.comparison import Comparison
from chalicelib.integrations.stalwart.mailboxes import draft
from chalicelib.integrations.stalwart.objects import Account, Domain

AT_ONCE = 200  # accounts in a call: answered well within the time that a call has; 500 are allowed
NAMED = 3  # addresses in a sentence

T = TypeVar("T")


def steps_of(comparison: Comparison) -> tuple[Step, ...]:
    """Everything that can be done; what is in conflict waits for a person and holds up nothing else."""
    return (
        *_changes(comparison, are_locks=True),
        *(_creation(name) for name in comparison.missing_domains),
        *(_key_management(domain) for domain in comparison.unsigned_domains),
        *_changes(comparison, are_locks=False),
        *_new_mailboxes(comparison),
        *_mailbox_removals(comparison),
        *(_removal(domain) for domain in comparison.doomed_domains),
    )


def _changes(comparison: Comparison, *, are_locks: bool) -> Iterator[Step]:
    address = {each.id: comparison.observed.address(each) for each in comparison.observed.accounts}
    chosen = [pair for pair in comparison.patches.items() if _is_lock(pair[1]) == are_locks]
    for batch in _batches(chosen):
        addresses = [address[identity] for identity, _ in batch]
        most = AT_ONCE if are_locks else NAMED
        yield Step(
            action="lock-mailboxes" if are_locks else "change-mailboxes",
            sentence=f"{'Lock' if are_locks else 'Change'} {_named(addresses, most)}",
            risk="disruptive" if are_locks else "safe",
            target=addresses[0],
            arguments={"patches": dict(batch)},
        )


def _new_mailboxes(comparison: Comparison) -> Iterator[Step]:
    people = sorted(comparison.missing_people, key=_domain_of)
    for domain, members in groupby(people, _domain_of):
        for batch in _batches(list(members)):
            yield Step(
                action="create-mailboxes",
                sentence=f"Create {_named([person.address for person in batch])}",
                target=domain,
                arguments={"drafts": {each.address: draft(comparison.tenant, each) for each in batch}},
            )


def _mailbox_removals(comparison: Comparison) -> Iterator[Step]:
    name = {domain.id: domain.name for domain in comparison.doomed_domains}
    accounts = sorted(comparison.doomed_accounts, key=lambda account: name[account.domainId])
    for domain, members in groupby(accounts, lambda account: account.domainId):
        for batch in _batches(list(members)):
            yield _mailbox_removal(domain, name[domain], batch)


def _mailbox_removal(domain: str, name: str, accounts: Sequence[Account]) -> Step:
    return Step(
        action="destroy-mailboxes",
        sentence=f"Remove {_named([f'{each.name}@{name}' for each in accounts], AT_ONCE)} with all mail",
        risk="destructive",
        target=domain,
        arguments={"name": name, "ids": [each.id for each in accounts]},
    )


def _creation(name: str) -> Step:
    return Step(action="create-domain", sentence=f"Create the domain {name}", target=name, makes=name)


def _key_management(domain: Domain) -> Step:
    sentence = f"Let the server make the DKIM keys of {domain.name}"
    return Step(action="manage-keys", sentence=sentence, target=domain.id)


def _removal(domain: Domain) -> Step:
    return Step(
        action="destroy-domain",
        sentence=f"Remove the domain {domain.name} and its DKIM keys",
        risk="destructive",
        target=domain.id,
        arguments={"name": domain.name},
    )


def _is_lock(patch: dict[str, Any]) -> bool:
    return "disabledPermissions" in patch.get("permissions", {})


def _domain_of(person: Person) -> str:
    return person.address.rpartition("@")[2]


def _batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]


def _named(addresses: Sequence[str], most: int = NAMED) -> str:
    """All of them in a plan that a person may have to approve, else the first."""
    if len(addresses) == 1:
        return f"the mailbox {addresses[0]}"
    more = f" and {len(addresses) - most} more" if len(addresses) > most else ""
    return f"the mailboxes {', '.join(addresses[:most])}{more}"
