"""What a portal must be able to show: a partner with thousands of customers, the longest names, every state.

`python -m infra.local.crowd` writes it straight into the database of the environment, because thousands of
tenants that are really set up would take an hour. Nothing of it exists in the emulated vendors, so it is for
a scratch stack that takes pictures, never for a person's own `.local/`.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

from chalicelib import wiring
from chalicelib.domain.contact import Contact
from chalicelib.domain.partner import Partner
from chalicelib.domain.provisioning import Drift, IntegrationError, IntegrationStatus, Provisioning
from chalicelib.domain.tenant import PLANS, Tenant
from chalicelib.repositories.ledger import Ledger
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.mrr_months import MrrMonths
from chalicelib.repositories.partners import Partners
from chalicelib.repositories.subscriptions import Subscriptions
from chalicelib.repositories.tenants import Tenants
from chalicelib.services.billing import Billing, Books

CUSTOMERS = 5_000
AT_ONCE = 100  # in one transaction, for the disk's sake
LONGEST = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"  # 80 characters
LONG_DOMAIN = "donaudampfschifffahrtselektrizitaetenhauptbetriebswerk.beamte.example"
FAR = timedelta(days=300)  # the sweep leaves alone what is not due
NOW = datetime.now(UTC)
BILLED_SINCE = NOW - timedelta(days=60)  # who is older is from before there were subscriptions


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Fill a scratch stack with tenants that are not set up")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="of the large partner")
    parser.add_argument("--there", type=int, default=0, help="how many of them there are already")
    mongo, asked = wiring.mongo(), parser.parse_args(arguments)
    tenants, billing = Tenants(mongo), _billing(mongo)
    partner_id = _partner_id(mongo, is_first=not asked.there)
    oddities = [] if asked.there else _oddities()
    everyone = iter([*oddities, *_customers(asked.there, asked.customers, partner_id)])
    while batch := list(islice(everyone, AT_ONCE)):
        mongo.run(lambda: _add(batch, tenants, billing))
    return 0


def _add(batch: Iterable[Tenant], tenants: Tenants, billing: Billing) -> None:
    for each in batch:
        tenants.add(billing.begin(each, trial=False) if each.created_at > BILLED_SINCE else each)


def _partner_id(mongo: Mongo, *, is_first: bool) -> str:
    """Of the large partner, which the first call makes."""
    partners = Partners(mongo)
    for partner in (HUGE, SMALL) if is_first else ():
        partners.add(partner)
    return partners.get(HUGE.slug).id


def _billing(mongo: Mongo) -> Billing:
    return Billing(Books(Subscriptions(mongo), Ledger(mongo), MrrMonths(mongo)), lambda: NOW)


def _partner(slug: str, name: str, domain: str, **more: Any) -> Partner:
    contact = Contact(name="Katharina von der Mühlenbeck-Lindenstraße", email=f"kontakt@{domain}")
    dates = {"created_at": NOW - timedelta(days=900), "updated_at": NOW - timedelta(days=3)}
    return Partner(id=uuid4().hex, slug=slug, name=name, domain=domain, contact=contact, **dates, **more)


HUGE = _partner("grosshandel", LONGEST, LONG_DOMAIN, margin_bps=2_250)
SMALL = _partner("ein-kunde", "Einmann IT", "einmann.example", margin_bps=1_000)


def _customers(first: int, beyond: int, partner_id: str) -> Iterator[Tenant]:
    plans = cycle(PLANS)
    for number in range(first, beyond):
        slug, created = f"kunde-{number:04}", NOW - timedelta(hours=4 * number + 1)
        yield _tenant(
            slug, f"Kunde Nummer {number:04} GmbH", created, plan=next(plans), partner_id=partner_id
        )


def _oddities() -> Iterator[Tenant]:
    slug = "donaudampfschifffahrtselektrizitaetenhau"  # as long as a slug may be
    domains = (LONG_DOMAIN, *(f"{name}.donaudampfschifffahrt.example" for name in ("wien", "linz", "passau")))
    yield _tenant(slug, LONGEST, NOW - timedelta(days=1), domains=domains, partner_id=SMALL.id)
    yield _tenant("blocked", "Feinkost Lehmann", NOW - timedelta(days=2), ocis=_blocked())
    yield _tenant("drifting", "Möbelhaus Ahrens", NOW - timedelta(days=40), stalwart=_drifting())


def _tenant(slug: str, name: str, created: datetime, **more: Any) -> Tenant:
    states = {each: more.pop(each, _settled()) for each in ("authentik", "stalwart", "ocis")}
    dates = {"created_at": created, "updated_at": created, "activated_at": created}
    given = {"domains": (f"{slug}.example",), "provisioning": Provisioning(**states), **dates, **more}
    return Tenant(id=uuid4().hex, slug=slug, name=name, **given)


def _settled(**more: Any) -> IntegrationStatus:
    seen = {"last_attempt_at": NOW, "last_success_at": NOW, "next_attempt_at": NOW + FAR}
    return IntegrationStatus(**{"state": "ok", "observed_generation": 1, **seen, **more})


def _blocked() -> IntegrationStatus:
    told = "The space carries another tenant's marker; somebody has to decide whose it is."
    error = IntegrationError(code="not-ours", message=told)
    return _settled(state="blocked", observed_generation=0, attempts=4, error=error)


def _drifting() -> IntegrationStatus:
    found = ("The mailbox owner@moebelhaus-ahrens.example was renamed", "The domain lost its marker")
    return _settled(drift=Drift(at=NOW - timedelta(hours=5), found=found))


if __name__ == "__main__":
    sys.exit(main())
