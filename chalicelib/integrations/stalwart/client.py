"""Stalwart: everything we ask of the mail server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.integrations.stalwart.accounts import Accounts, accounts_on
from chalicelib.integrations.stalwart.domains import Domains
from chalicelib.integrations.stalwart.jmap import Jmap
from chalicelib.integrations.stalwart.objects import Account, Domain
from chalicelib.integrations.stalwart.questions import Lookup, Question, Search, ask


@dataclass(frozen=True, slots=True)
class Glance:
    """What one request shows: domains of anybody, and accounts on the domains that were known before."""

    domains: tuple[Domain, ...]
    accounts: tuple[Account, ...]


class Stalwart:
    def __init__(self, jmap: Jmap) -> None:
        self._jmap = jmap
        self.domains = Domains(jmap)
        self.accounts = Accounts(jmap)

    def glance(self, words: str, known: Sequence[str]) -> Glance:
        """Domains with these words in their texts, those of the known ids, and all accounts on the latter.

        Known ids save requests, and they give a list that is empty by mistake away: of each of them the
        server has to say that it is there, or that it is not. One request for up to six known ids.

        Sends    x:Domain/query {"filter": {"text": words}} and x:Domain/get; x:Domain/get {"ids": known};
                 x:Account/query {"filter": {"domainId": id}} and x:Account/get, for each known id
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   Stalwart 0.16 object schema, x:Domain and x:Account
        """
        questions: list[Question] = [Search("Domain", Domain, {"text": words})]
        if known:
            questions += [Lookup("Domain", Domain, known), *(accounts_on(identity) for identity in known)]
        answers = ask(self._jmap, questions)
        domains: dict[str, Domain] = {each.id: each for answer in answers[:2] for each in answer}
        accounts = (each for answer in answers[2:] for each in answer)
        return Glance(tuple(domains.values()), tuple(each for each in accounts if each.domainId in known))
