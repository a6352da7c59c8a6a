"""Look-ups against a DNS server on the wire, with answers as others may write them."""

from __future__ import annotations

import socket
import time

import pytest

from chalicelib.domain.mail_records import Question
from chalicelib.errors import Misconfigured
from chalicelib.integrations import dns as adapter
from chalicelib.integrations.dns import DnsLookups
from infra.local.emulators.dns import BadRecord, DnsServer, Zones, create_app
from infra.local.emulators.snapshot import Snapshot

TXT, MX = Question("acme.test", "TXT"), Question("acme.test", "MX")


@pytest.fixture
def zones():
    return Zones()


@pytest.fixture
def lookups(zones):
    with DnsServer(zones) as server:
        yield DnsLookups(server.address)


def test_what_is_there_is_told_as_text(zones, lookups):
    zones.put("acme.test", "TXT", ["v=spf1 mx -all", 'a "quoted" \\ text'])
    zones.put("Acme.Test.", "MX", ["10 mail.dezky.test.", "20 backup.test."])

    found = lookups.look([TXT, MX])

    assert set(found[TXT]) == {"v=spf1 mx -all", 'a "quoted" \\ text'}
    assert set(found[MX]) == {"10 mail.dezky.test.", "20 backup.test."}


def test_a_name_that_is_not_there_and_a_type_that_is_not_there_are_empty_not_unknown(zones, lookups):
    zones.put("acme.test", "TXT", ["here"])

    assert lookups.look([MX, Question("nobody.test", "TXT")]) == {MX: (), Question("nobody.test", "TXT"): ()}


def test_names_are_the_same_in_capitals(zones, lookups):
    zones.put("_dezky-challenge.acme.test", "TXT", ["token"])

    assert lookups.look([Question("_DEZKY-challenge.acme.test", "TXT")]) == {
        Question("_DEZKY-challenge.acme.test", "TXT"): ("token",)
    }


def test_what_does_not_fit_into_a_datagram_comes_by_tcp(zones, lookups):
    texts = [f"{number:02}" + "x" * 900 for number in range(10)]
    zones.put("acme.test", "TXT", texts)

    assert sorted(lookups.look([TXT])[TXT]) == texts


def test_answers_are_bounded_and_without_what_cannot_be_seen(zones, lookups):
    zones.put("acme.test", "TXT", ["y" * 3000])
    zones.put("odd.test", "TXT", ["a\u202eb\u0007c"])

    assert lookups.look([TXT])[TXT] == ("y" * adapter.LONGEST,)
    (odd,) = lookups.look([Question("odd.test", "TXT")])[Question("odd.test", "TXT")]
    assert odd.isprintable()
    assert (odd[0], odd[-1]) == ("a", "c")


def test_no_more_records_and_no_more_questions_than_allowed(zones, lookups):
    zones.put("acme.test", "TXT", [str(number) for number in range(20)])
    many = [Question(f"d{number}.test", "TXT") for number in range(30)]

    found = lookups.look(many)

    assert len(lookups.look([TXT])[TXT]) <= adapter.MOST_ANSWERS
    assert [each is None for each in found.values()] == [False] * 12 + [True] * 18


def test_a_server_that_says_nothing_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(adapter, "EACH", 0.2)
    monkeypatch.setattr(adapter, "ALL", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        began = time.monotonic()

        found = DnsLookups(f"127.0.0.1:{silent.getsockname()[1]}").look(
            [Question(f"d{number}.test", "TXT") for number in range(9)]
        )

        assert set(found.values()) == {None}
        assert time.monotonic() - began < 2


def test_what_is_no_name_at_all_is_unknown(lookups):
    for name in ("a..test", "x" * 64 + ".test", "." * 3):
        assert lookups.look([Question(name, "TXT")]) == {Question(name, "TXT"): None}


@pytest.mark.parametrize("address", ["localhost:53", "1.1.1.1", "1.1.1.1:0", "1.1.1.1:dns", "http://x:1"])
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(Misconfigured, match="DNS_RESOLVER"):
        DnsLookups(address)


def test_a_domain_that_follows_has_what_the_mail_server_asks_for_unless_set_by_hand(tmp_path):
    texts = {
        "acme.test": 'acme.test. IN MX 10 mail.test.\ns1._domainkey.acme.test. IN TXT "v=DKIM1; " "p=A"\n'
    }
    zones = Zones(Snapshot(tmp_path / "dns.json"), lambda name: texts.get(name, ""))
    zones.follow("acme.test")

    with DnsServer(zones) as server:
        key = Question("s1._domainkey.acme.test", "TXT")
        assert DnsLookups(server.address).look([MX, key]) == {MX: ("10 mail.test.",), key: ("v=DKIM1; p=A",)}
        zones.put("acme.test", "MX", [])
        assert DnsLookups(server.address).look([MX]) == {MX: ()}
    again = Zones(Snapshot(tmp_path / "dns.json"))
    assert again.listed() == {"records": {"acme.test": {"MX": []}}, "following": ["acme.test"]}


def test_zones_are_changed_by_post_and_nonsense_is_refused(zones):
    client = create_app(zones).test_client()

    done = client.post("/_zones", json={"name": "acme.test", "type": "TXT", "values": ["here"]})

    assert done.status_code == 204
    assert client.get("/_zones").json["records"] == {"acme.test": {"TXT": ["here"]}}
    for wrong in (None, {}, {"follow": "x"}, {"name": "acme.test", "type": "PTR", "values": []}):
        assert client.post("/_zones", json=wrong).status_code == 422
    with pytest.raises(BadRecord):
        zones.put("acme.test", "TXT", "no list")
