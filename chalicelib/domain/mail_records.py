"""The DNS records of a mail domain: what is needed, what DNS shows, and how well that is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.domain.model import Model
from chalicelib.domain.ownership import Ownership

RecordType = Literal["MX", "TXT"]
Purpose = Literal["ownership", "mx", "spf", "dkim", "dmarc"]
State = Literal["found", "missing", "differs", "unknown"]  # unknown: DNS did not answer
Grade = Literal["unproven", "unknown", "setting-up", "no-mail", "at-risk", "nearly", "good"]

WORDS: Mapping[Grade, str] = {
    "unproven": "Not proven yet: publish the TXT record, and we take it from there",
    "unknown": "DNS does not answer at the moment; we look again",
    "setting-up": "Yours; the mail server is being set up",
    "no-mail": "Mail does not arrive here: the MX record leads elsewhere or is missing",
    "at-risk": "Mail arrives, but what you send may be taken for spam",
    "nearly": "Mail works; something could still be better",
    "good": "Everything is as it should be",
}
STRICT_POLICIES = frozenset({"quarantine", "reject"})
TAG = re.compile(r"\s*([a-zA-Z]+)\s*=\s*([^;]*)")


class Question(NamedTuple):
    name: str
    type: RecordType


Answers = Mapping[Question, tuple[str, ...] | None]  # None: nobody answered; else each record as a text


class NeededRecord(Model):
    """One that has to be in DNS: ("dkim", "s1._domainkey.acme.test", "TXT", "v=DKIM1; k=rsa; p=…")."""

    purpose: Purpose
    name: str
    type: RecordType
    value: str

    @property
    def question(self) -> Question:
        return Question(self.name, self.type)


class SeenRecord(NeededRecord):
    """The same beside what DNS showed: texts of others, bounded, never to be trusted."""

    state: State
    seen: tuple[str, ...] = ()


class DomainLook(Model):
    """What DNS showed of one domain of one tenant.

    proof    the TXT record that proves the ownership; None for a domain that needs none
    records  those that the mail server asks for; none before it has the domain
    """

    id: str
    tenant_id: str
    name: str
    checked_at: datetime
    expires_at: datetime
    proof: SeenRecord | None = None
    records: tuple[SeenRecord, ...] = ()


def seen(needed: NeededRecord, answers: Answers) -> SeenRecord:
    texts = answers.get(needed.question)
    state: State = "unknown" if texts is None else _state(needed, texts)
    shown = _of_purpose(needed.purpose, texts or ())
    return SeenRecord.model_validate({**dict(needed), "state": state, "seen": shown})


def grade(ownership: Ownership, look: DomainLook | None) -> Grade:
    """In one word; WORDS has more. What is worst decides."""
    if ownership == "unproven":
        return "unproven"
    if look is None or not look.records:
        return "setting-up"
    states = {purpose: _worst(look.records, purpose) for purpose in ("mx", "spf", "dkim", "dmarc")}
    if "unknown" in states.values():
        return "unknown"
    if states["mx"] != "found":
        return "no-mail"
    if states["spf"] != "found" or states["dkim"] != "found":
        return "at-risk"
    is_proof_gone = look.proof is not None and ownership == "proven" and look.proof.state != "found"
    return "nearly" if states["dmarc"] != "found" or is_proof_gone else "good"


def _worst(records: Sequence[SeenRecord], purpose: Purpose) -> State:
    states = {each.state for each in records if each.purpose == purpose} or {"missing"}
    ranked: tuple[State, ...] = ("unknown", "missing", "differs", "found")
    return next(each for each in ranked if each in states)


def _state(needed: NeededRecord, texts: tuple[str, ...]) -> State:
    mine = _of_purpose(needed.purpose, texts)
    if not mine:
        return "missing"
    return "found" if _HOLDS[needed.purpose](needed.value, mine) else "differs"


def _of_purpose(purpose: Purpose, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Many records may stand at one name; of the policies only their own kind counts."""
    beginning = {"spf": "v=spf1", "dmarc": "v=dmarc1"}.get(purpose, "")
    return tuple(each for each in texts if each.strip().lower().startswith(beginning))


def _same_text(wanted: str, texts: tuple[str, ...]) -> bool:
    return wanted in {each.strip() for each in texts}


def _leads_to(wanted: str, texts: tuple[str, ...]) -> bool:
    """Our host is among the most preferred ones."""
    hosts = [_mx(each) for each in texts]
    first = min(preference for preference, _ in hosts)
    return (first, _mx(wanted)[1]) in hosts


def _mx(text: str) -> tuple[int, str]:
    preference, _, host = text.strip().partition(" ")
    number = int(preference) if preference.isascii() and preference.isdigit() else 65_536
    return number, host.strip().lower().rstrip(".")


def _lets_send(wanted: str, texts: tuple[str, ...]) -> bool:
    """One policy, as two make none (RFC 7208, 4.5), that has our mechanisms; others may stand beside them."""
    return len(texts) == 1 and _mechanisms(wanted) <= _mechanisms(texts[0])


def _mechanisms(policy: str) -> set[str]:
    words = {word.lower().removeprefix("+") for word in policy.split()[1:]}
    return {word for word in words if "=" not in word and not word.endswith("all")}


def _has_key(wanted: str, texts: tuple[str, ...]) -> bool:
    return len(texts) == 1 and _tags(wanted).get("p") == _tags(texts[0]).get("p")


def _is_strict(_: str, texts: tuple[str, ...]) -> bool:
    """One policy that asks for something: with p=none nobody acts on it."""
    return len(texts) == 1 and _tags(texts[0]).get("p", "").lower() in STRICT_POLICIES


def _tags(text: str) -> dict[str, str]:
    found = (TAG.match(part) for part in text.split(";"))
    return {each[1].lower(): "".join(each[2].split()) for each in found if each}


_HOLDS = {
    "ownership": _same_text,
    "mx": _leads_to,
    "spf": _lets_send,
    "dkim": _has_key,
    "dmarc": _is_strict,
}
