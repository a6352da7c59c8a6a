"""Mail accounts: the calls that find, make, change and remove them, up to 500 at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.stalwart import sets
from chalicelib.integrations.stalwart.jmap import VENDOR, Jmap, refusal
from chalicelib.integrations.stalwart.objects import Account, Linked
from chalicelib.integrations.stalwart.questions import Lookup, Search, ask


class Accounts:
    """Every method raises TryLater, NeedsPerson and CredentialsRefused."""

    def __init__(self, jmap: Jmap) -> None:
        self._jmap = jmap

    def on(self, domains: Sequence[str]) -> list[Account]:
        """All accounts on the domains with these ids.

        Sends    x:Account/query {"filter": {"domainId"}} with x:Account/get, a pair for each domain
        Source   Stalwart 0.16 object schema, x:Account
        """
        answers = ask(self._jmap, [accounts_on(domain) for domain in domains])
        return [account for answer in answers for account in answer if account.domainId in domains]

    def get(self, identities: Sequence[str]) -> list[Account]:
        """Those that are there; the vendor has to say of each other one that it is not."""
        (found,) = ask(self._jmap, [Lookup("Account", Account, identities)])
        return found

    def create(self, drafts: Mapping[str, Mapping[str, Any]]) -> dict[str, Linked]:
        """Create accounts under their addresses; the answer is who holds the addresses that were taken.

        Accounts, aliases, groups and lists share one space of addresses.

        Sends    x:Account/set {"create": {address: {"@type": "User", "name", "domainId", …}}}
        Source   Stalwart 0.16 object schema, x:Account; set error primaryKeyViolation
        """
        taken: dict[str, Linked] = {}
        for address, error in sets.create(self._jmap, "Account", drafts).items():
            holder = sets.holder_of(error)
            if holder is None:
                raise refusal(error, f"the mailbox {address}")
            taken[address] = holder
        return taken

    def update(self, patches: Mapping[str, Mapping[str, Any]]) -> None:
        """Change accounts by id. Raises TryLater "moved" when one of them is gone.

        Sends    x:Account/set {"update": {id: {"permissions": {…}, "quotas/maxDiskQuota": n, …}}}
        Source   Stalwart 0.16 object schema, x:Account
        """
        for error in sets.update(self._jmap, "Account", patches).values():
            if error.get("type") == "notFound":
                raise TryLater("moved", f"{VENDOR}'s mailboxes changed while we worked on them")
            raise refusal(error, "a change of a mailbox")

    def destroy(self, identities: Sequence[str]) -> None:
        """Destroy accounts with all their mail; those that are gone already count as destroyed.

        Sends    x:Account/set {"destroy": ids}
        Raises   NeedsPerson "mailbox-in-use" for a group that somebody is a member of
        Source   Stalwart 0.16 object schema, x:Account; set error objectIsLinked
        """
        for error in sets.destroy(self._jmap, "Account", identities).values():
            if sets.links_of(error):
                raise NeedsPerson("mailbox-in-use", f"Something else in {VENDOR} still needs a mailbox")
            raise refusal(error, "the removal of a mailbox")


def accounts_on(domain: str) -> Search[Account]:
    return Search("Account", Account, {"domainId": domain})
