"""What looks at DNS in HTTP tests: zones and a mail server of the test's own."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.mail_records import NeededRecord
from chalicelib.errors import TryLater
from chalicelib.repositories.domain_looks import Looks
from chalicelib.repositories.tenants import Tenants
from chalicelib.services.changes import TenantChanges
from chalicelib.services.domain_checks import CheckMeans, DomainChecks

DKIM = "v=DKIM1; k=rsa; p=QUJDRA=="


class FakeDns:
    """Zones as {(name, type): texts}; what is asked is remembered."""

    def __init__(self):
        self.zones, self.asked, self.is_away = {}, [], False

    def look(self, questions):
        self.asked += questions
        return {each: None if self.is_away else tuple(self.zones.get(each, ())) for each in questions}


class FakeZones:
    """A mail server that has every domain, as soon as it has keys."""

    def __init__(self):
        self.has_keys, self.is_away = True, False

    def records_of(self, tenant, name):
        if self.is_away:
            raise TryLater("busy", "Stalwart is busy")
        found = [("mx", name, "MX", "10 mail.dezky.test."), ("spf", name, "TXT", "v=spf1 mx -all")]
        found += [("dmarc", f"_dmarc.{name}", "TXT", "v=DMARC1; p=reject")]
        found += [("dkim", f"s1._domainkey.{name}", "TXT", DKIM)] if self.has_keys else []
        keys = ("purpose", "name", "type", "value")
        return tuple(NeededRecord(**dict(zip(keys, each, strict=True))) for each in found)


def domain_checks(mongo, clock, dns, zones):
    """The real service on fakes."""
    from chalicelib import wiring
    from chalicelib.services.billing import Billing

    means = replace(wiring._means(wiring.settings()), clock=clock)
    changes = TenantChanges(means, Billing(wiring.services().subscriptions._books, clock))
    return DomainChecks(means, changes, CheckMeans(Looks(mongo), Tenants(mongo), dns, zones))
