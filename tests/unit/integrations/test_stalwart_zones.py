"""A zone file, read: what mail cannot do without, and nothing else."""

from __future__ import annotations

from chalicelib.integrations.stalwart.zones import needed

ZONE = """acme.test. IN MX 10 mail.dezky.test.
s1._domainkey.acme.test. 3600 IN TXT "v=DKIM1; k=rsa; " "p=QUJD"
acme.test. IN TXT "v=spf1 mx -all"
_dmarc.acme.test. IN TXT "v=DMARC1; p=reject; rua=mailto:postmaster@acme.test"
_smtp._tls.acme.test. IN TXT "v=TLSRPTv1; rua=mailto:postmaster@acme.test"
_imaps._tcp.acme.test. IN SRV 0 1 993 mail.dezky.test.
acme.test. IN TXT "another-service=1"
other.test. IN MX 10 elsewhere.test.
nonsense
"""


def test_a_zone_file_names_mx_spf_dkim_and_dmarc():
    found = {(each.purpose, each.name, each.type): each.value for each in needed("acme.test", ZONE)}

    assert found == {
        ("mx", "acme.test", "MX"): "10 mail.dezky.test.",
        ("dkim", "s1._domainkey.acme.test", "TXT"): "v=DKIM1; k=rsa; p=QUJD",
        ("spf", "acme.test", "TXT"): "v=spf1 mx -all",
        ("dmarc", "_dmarc.acme.test", "TXT"): "v=DMARC1; p=reject; rua=mailto:postmaster@acme.test",
    }


def test_what_is_not_of_this_domain_is_left_out():
    assert list(needed("test", "evil-test. IN MX 10 mail.test.\nacme.test. IN MX 1 mail.test.")) == []
    assert list(needed("acme.test", "")) == []
