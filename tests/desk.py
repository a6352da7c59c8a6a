"""Desk: the services of money on a real database, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from chalicelib.config import from_environment
from chalicelib.domain.actor import Actor
from chalicelib.domain.billing_commands import AgreeSubscription
from chalicelib.domain.commands import ChangePartner, ChangeTenant, CreatePartner, CreateTenant
from chalicelib.domain.page import PageRequest
from chalicelib.domain.partner import Partner
from chalicelib.domain.tenant import Tenant
from chalicelib.repositories.indexes import create_indexes
from chalicelib.repositories.ledger import Ledger
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.mrr_months import MrrMonths
from chalicelib.repositories.partners import Partners as PartnerCollection
from chalicelib.repositories.statements import Statements as StatementCollection
from chalicelib.repositories.subscriptions import Subscriptions as SubscriptionCollection
from chalicelib.repositories.tenants import Tenants as TenantCollection
from chalicelib.repositories.users import Users as UserCollection
from chalicelib.services.billing import Billing, Books
from chalicelib.services.changes import TenantChanges
from chalicelib.services.farewells import Farewells
from chalicelib.services.means import Means
from chalicelib.services.members import Members
from chalicelib.services.mrr import Mrr
from chalicelib.services.partners import Partners
from chalicelib.services.records import Records
from chalicelib.services.statements import Statements
from chalicelib.services.subscriptions import Subscriptions
from chalicelib.services.tenants import Tenants
from tests.builders import CUSTOMER_ISSUER, OPERATOR_ISSUER, an_actor, an_id
from tests.fakes import FakeAudit, FakeClock, FakeQueue
from tests.money import at

COLLECTIONS = ("tenants", "partners", "subscriptions", "ledger", "mrrMonths", "statements", "users", "locks")
ALL = PageRequest(limit=200, sort="sequence")


@contextmanager
def a_mongo(uri: str, database: str) -> Iterator[Mongo]:
    """A database with all its indexes."""
    mongo = Mongo(from_environment({"MONGODB_URI": uri, "MONGODB_DATABASE": database}))
    create_indexes(mongo)
    try:
        yield mongo
    finally:
        mongo.client.close()


class Desk:
    def __init__(self, mongo: Mongo, day: str = "2026-08-10", *, empty: bool = True) -> None:
        for name in COLLECTIONS if empty else ():
            mongo.collection(name).delete_many({})
        self.mongo, self.clock, self.audit = mongo, FakeClock(at(day)), FakeAudit()
        self.books = Books(SubscriptionCollection(mongo), Ledger(mongo), MrrMonths(mongo))
        means = self._means()
        members, billing = Members(means), Billing(self.books, self.clock)
        self.farewells = Farewells(means, TenantChanges(means, billing))
        self.tenants = Tenants(means, members, billing)
        self.partners = Partners(means, self.farewells)
        self.subscriptions = Subscriptions(means, self.books, billing)
        self.mrr = Mrr(self.books.ledger, self.books.months, mongo, self.clock)
        self.statements = Statements(means, self.books, StatementCollection(mongo))
        self.operator: Actor = an_actor()

    def on(self, day: str) -> None:
        """It is noon of that day."""
        self.clock.now = at(day)

    def tenant(self, slug: str, partner: Partner | None = None, **given: object) -> Tenant:
        wish = {"slug": slug, "name": slug.title(), "plan": "business", **given}
        if partner:
            wish["partnerId"] = partner.id
        return self.tenants.create(self.operator, CreateTenant.model_validate(wish))

    def partner(self, slug: str, margin: float = 20.0) -> Partner:
        wish = {"slug": slug, "name": slug.title(), "domain": f"{slug}.test", "marginPct": margin}
        return self.partners.create(self.operator, CreatePartner.model_validate(wish)).partner

    def agree(self, slug: str, plan: str = "business", seats: int = 10, **given: object) -> None:
        wish = AgreeSubscription.model_validate({"plan": plan, "seats": seats, **given})
        self.subscriptions.agree(self.operator, self.tenants.get(slug), wish)

    def change(self, slug: str, **wish: object) -> Tenant:
        asked = ChangeTenant.model_validate(wish)
        return self.tenants.change(self.operator, self.tenants.get(slug), asked)

    def margin(self, slug: str, percent: float, since: str | None = None) -> None:
        wish = {"marginPct": percent, **({"marginFrom": since} if since else {})}
        self.partners.change(self.operator, slug, ChangePartner.model_validate(wish))

    def terminate(self, slug: str) -> None:
        self.tenants.terminate(self.operator, self.tenants.get(slug))

    def suspend(self, slug: str) -> None:
        self.tenants.suspend(self.operator, self.tenants.get(slug), "Unpaid")

    def restore(self, slug: str) -> None:
        self.tenants.restore(self.operator, self.tenants.get(slug))

    def events_of(self, tenant: Tenant) -> list:
        return list(self.books.ledger.page(tenant.id, ALL).items)

    def _means(self) -> Means:
        return Means(
            partners=PartnerCollection(self.mongo),
            tenants=TenantCollection(self.mongo),
            users=UserCollection(self.mongo),
            records=Records(self.audit, FakeQueue(), self.mongo, self.clock, an_id),
            unit=self.mongo,
            clock=self.clock,
            new_id=an_id,
            operator_issuer=OPERATOR_ISSUER,
            customer_issuer=CUSTOMER_ISSUER,
            kept=timedelta(days=3650),
        )
