"""What DNS shows beside what is needed, and the one word for it."""

from __future__ import annotations

import pytest

from chalicelib.domain.mail_records import DomainLook, NeededRecord, Question, grade, seen
from tests.builders import NOON

DKIM = "v=DKIM1; k=rsa; h=sha256; p=QUJDRA=="
SPF = "v=spf1 mx ra=postmaster -all"
PROOF = "dezky-verification=t1"
VALUES = {
    "ownership": PROOF,
    "mx": "10 mail.dezky.test.",
    "spf": SPF,
    "dkim": DKIM,
    "dmarc": "v=DMARC1; p=reject",
}
NAMES = {"dkim": "s1._domainkey.acme.test", "dmarc": "_dmarc.acme.test"}


def needed(purpose, value=""):
    kind = "MX" if purpose == "mx" else "TXT"
    name = NAMES.get(purpose, "acme.test")
    return NeededRecord(purpose=purpose, name=name, type=kind, value=value or VALUES[purpose])


def state(purpose, *texts):
    record = needed(purpose)
    return seen(record, {record.question: texts}).state


@pytest.mark.parametrize(
    ("purpose", "texts", "wanted"),
    [
        ("ownership", [PROOF], "found"),
        ("ownership", ["v=spf1 -all", f" {PROOF} "], "found"),
        ("ownership", [f"{PROOF}0", "dezky-verification=", "t1"], "differs"),
        ("ownership", [], "missing"),
        ("mx", ["10 mail.dezky.test."], "found"),
        ("mx", ["5 MAIL.dezky.test", "20 backup.test."], "found"),
        ("mx", ["5 elsewhere.test.", "10 mail.dezky.test."], "differs"),
        ("mx", ["0 ."], "differs"),
        ("mx", ["nonsense"], "differs"),
        ("mx", [], "missing"),
        ("spf", [SPF, "another-service=1"], "found"),
        ("spf", ["v=spf1 a +mx include:crm.test ~all"], "found"),
        ("spf", ["v=spf1 -all"], "differs"),
        ("spf", [SPF, "v=spf1 mx -all"], "differs"),
        ("spf", ["another-service=1"], "missing"),
        ("dkim", [DKIM], "found"),
        ("dkim", ["v=DKIM1;p= QUJD RA== ;k=rsa"], "found"),
        ("dkim", ["v=DKIM1; k=rsa; p="], "differs"),
        ("dkim", [DKIM, "v=DKIM1; p=other"], "differs"),
        ("dmarc", ["v=DMARC1; p=quarantine; rua=mailto:me@acme.test"], "found"),
        ("dmarc", ["v=DMARC1; p=none"], "differs"),
        ("dmarc", ["v=DMARC1; p=reject", "v=DMARC1; p=reject"], "differs"),
        ("dmarc", ["hello"], "missing"),
    ],
)
def test_what_dns_shows_is_found_differs_or_is_missing(purpose, texts, wanted):
    assert state(purpose, *texts) == wanted


def test_what_nobody_answered_is_unknown_and_not_missing():
    record = needed("mx")

    assert seen(record, {record.question: None}).state == "unknown"
    assert seen(record, {Question("other.test", "MX"): ()}).state == "unknown"


def a_look(proof=None, **states):
    told = {"mx": "found", "spf": "found", "dkim": "found", "dmarc": "found"} | states
    records = tuple({**dict(needed(each)), "state": state} for each, state in told.items() if state)
    fields = {"id": "1", "tenant_id": "1", "name": "acme.test", "checked_at": NOON, "expires_at": NOON}
    shown = {**dict(needed("mx")), "purpose": "ownership", "state": proof} if proof else None
    return DomainLook(**fields, proof=shown, records=records)


@pytest.mark.parametrize(
    ("ownership", "look", "wanted"),
    [
        ("unproven", a_look(), "unproven"),
        ("approved", None, "setting-up"),
        ("proven", a_look(mx="", spf="", dkim="", dmarc=""), "setting-up"),
        ("proven", a_look(spf="unknown", mx="missing"), "unknown"),
        ("proven", a_look(mx="missing"), "no-mail"),
        ("proven", a_look(mx="differs", spf="missing"), "no-mail"),
        ("proven", a_look(spf="differs"), "at-risk"),
        ("proven", a_look(dkim="missing"), "at-risk"),
        ("proven", a_look(dkim=""), "at-risk"),
        ("proven", a_look(dmarc="differs"), "nearly"),
        ("proven", a_look(proof="missing"), "nearly"),
        ("approved", a_look(proof="missing"), "good"),
        ("proven", a_look(proof="found"), "good"),
        ("approved", a_look(), "good"),
    ],
)
def test_what_is_worst_decides_the_grade(ownership, look, wanted):
    assert grade(ownership, look) == wanted
