"""Mail domains and their DKIM keys: the calls that find, make and remove them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.integrations.calls import unexpected
from chalicelib.integrations.stalwart import sets
from chalicelib.integrations.stalwart.jmap import VENDOR, Jmap, refusal
from chalicelib.integrations.stalwart.objects import Domain, Linked, Signature, Zone
from chalicelib.integrations.stalwart.questions import Lookup, Search, ask

KEY = "k"  # of the one object in a creation
AUTOMATIC_DKIM: dict[str, Any] = {"dkimManagement": {"@type": "Automatic"}}
DEFAULTS: dict[str, Any] = {
    "isEnabled": True,
    "aliases": {},
    "certificateManagement": {"@type": "Manual"},
    **AUTOMATIC_DKIM,
    "dnsManagement": {"@type": "Manual"},
    "subAddressing": {"@type": "Enabled"},
}


class Domains:
    """Every method raises TryLater, NeedsPerson and CredentialsRefused."""

    def __init__(self, jmap: Jmap) -> None:
        self._jmap = jmap

    def named(self, names: Sequence[str]) -> list[Domain]:
        """The domains of these names, whoever has them.

        Sends    x:Domain/query {"filter": {"name"}} with x:Domain/get, a pair for each name
        Source   Stalwart 0.16 object schema, x:Domain
        """
        answers = ask(self._jmap, [Search("Domain", Domain, {"name": name}) for name in names])
        return [domain for answer in answers for domain in answer if domain.name in names]

    def get(self, identity: str) -> Domain | None:
        """None when the vendor says that there is no such domain."""
        (found,) = ask(self._jmap, [Lookup("Domain", Domain, [identity])])
        return found[0] if found else None

    def create(self, name: str, description: str) -> str | None:
        """Create a domain; the answer is the id of the one that has its name already, if one has.

        Sends    x:Domain/set {"create": {"k": {"name", "description", …}}}
        Source   Stalwart 0.16 object schema, x:Domain; set error primaryKeyViolation
        """
        draft = {**DEFAULTS, "name": name, "description": description}
        for error in sets.create(self._jmap, "Domain", {KEY: draft}).values():
            if holder := sets.holder_of(error):
                return holder.id
            raise refusal(error, f"the domain {name}")
        return None

    def manage_keys(self, identity: str) -> None:
        """Let the server make and renew the domain's DKIM keys; it does so some time later."""
        for error in sets.update(self._jmap, "Domain", {identity: AUTOMATIC_DKIM}).values():
            raise refusal(error)

    def destroy(self, identity: str) -> list[Linked]:
        """Destroy a domain, which may be gone already; the answer is what keeps it from going, if anything.

        Source   Stalwart 0.16 object schema, x:Domain; set error objectIsLinked
        """
        for error in sets.destroy(self._jmap, "Domain", [identity]).values():
            if links := sets.links_of(error):
                return links
            raise refusal(error)
        return []

    def destroy_signatures(self, identities: Sequence[str], domain: str) -> None:
        """Destroy DKIM keys, all of which have to be of the domain with that id; else TryLater."""
        (found,) = ask(self._jmap, [Lookup("DkimSignature", Signature, identities)])
        if any(each.domainId != domain for each in found):
            raise unexpected(VENDOR)
        for error in sets.destroy(self._jmap, "DkimSignature", [each.id for each in found]).values():
            raise refusal(error)

    def signatures(self, identity: str) -> list[Signature]:
        """The DKIM keys of a domain; the server makes them some time after the domain.

        Sends    x:DkimSignature/query {"filter": {"domainId"}} with x:DkimSignature/get
        Source   Stalwart 0.16 object schema, x:DkimSignature
        """
        (found,) = ask(self._jmap, [Search("DkimSignature", Signature, {"domainId": identity})])
        return [each for each in found if each.domainId == identity]

    def zone_file(self, identity: str) -> str | None:
        """The DNS records that a domain needs, as a zone file; None when there is no such domain.

        Sends    x:Domain/get {"ids": [id], "properties": ["id", "dnsZoneFile"]}
        Source   Stalwart 0.16 object schema, x:Domain
        """
        (found,) = ask(self._jmap, [Lookup("Domain", Zone, [identity])])
        return str(found[0].dnsZoneFile) if found else None
