"""The one place where real clients are built and handed to services. Everything is made on first use."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from chalicelib.auth.issuers import trusted_issuers
from chalicelib.config import Settings, settings
from chalicelib.domain.audit_ports import HeadSafe
from chalicelib.domain.cursors import Cursors
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.secret import Secret
from chalicelib.domain.steps import Connector
from chalicelib.domain.version import VersionSource
from chalicelib.errors import Misconfigured
from chalicelib.integrations.head_safe import HeadBucket, HeadFolder, NoSafe
from chalicelib.integrations.secrets import secret_of
from chalicelib.integrations.sqs import SqsReconcileQueue
from chalicelib.repositories import indexes
from chalicelib.repositories.audit import AuditEvents
from chalicelib.repositories.breakers import Breakers
from chalicelib.repositories.chains import Chains
from chalicelib.repositories.domain_looks import Looks
from chalicelib.repositories.fleet import FleetCounts
from chalicelib.repositories.idempotency import GivenAnswers
from chalicelib.repositories.ledger import Ledger
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.mrr_months import MrrMonths
from chalicelib.repositories.partners import Partners as PartnerCollection
from chalicelib.repositories.runs import RunCollection
from chalicelib.repositories.seals import Seals
from chalicelib.repositories.statements import Statements as StatementCollection
from chalicelib.repositories.subscriptions import Subscriptions as SubscriptionCollection
from chalicelib.repositories.tenants import Tenants as TenantCollection
from chalicelib.repositories.tickets import TicketCollection
from chalicelib.repositories.users import Users as UserCollection
from chalicelib.repositories.versions import SeenVersions
from chalicelib.services.accounts import Accounts
from chalicelib.services.attention import Attention, AttentionSources
from chalicelib.services.audit import Audit, AuditMeans
from chalicelib.services.billing import Billing, Books
from chalicelib.services.changes import TenantChanges
from chalicelib.services.domains import Domains
from chalicelib.services.drift import DriftPauses
from chalicelib.services.farewells import Farewells
from chalicelib.services.imports import Imports
from chalicelib.services.invitations import Invitations
from chalicelib.services.means import Means
from chalicelib.services.members import Members
from chalicelib.services.mrr import Mrr
from chalicelib.services.partners import Partners
from chalicelib.services.plans import Plans
from chalicelib.services.purges import Purges
from chalicelib.services.records import Records
from chalicelib.services.refusals import Refusals
from chalicelib.services.runs import Runs
from chalicelib.services.statements import Statements
from chalicelib.services.stats import Stats
from chalicelib.services.subscriptions import Subscriptions
from chalicelib.services.tenants import Tenants
from chalicelib.services.tickets import Tickets
from chalicelib.services.users import Users

if TYPE_CHECKING:
    from chalicelib.reconcile.reconciler import Reconciler
    from chalicelib.reconcile.versions import Versions
    from chalicelib.services.domain_checks import DomainChecks


@dataclass(frozen=True, slots=True)
class Services:
    accounts: Accounts
    partners: Partners
    tenants: Tenants
    members: Members
    imports: Imports
    users: Users
    runs: Runs
    attention: Attention
    stats: Stats
    drift: DriftPauses
    subscriptions: Subscriptions
    mrr: Mrr
    statements: Statements
    farewells: Farewells
    purges: Purges
    tickets: Tickets
    domains: Domains


def now() -> datetime:
    """UTC in whole milliseconds: what MongoDB keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id() -> str:
    return uuid4().hex


@cache
def secret(field: str) -> Secret:
    """The secret behind a field of the settings, one for the whole container. Raises Misconfigured."""
    return secret_of(settings(), field)


@cache
def mongo() -> Mongo:
    return Mongo(settings(), secret("mongodb_uri"))


@cache
def given_answers() -> GivenAnswers:
    return GivenAnswers(mongo())


@cache
def cursors() -> Cursors:
    return Cursors(secret("cursor_key"))


@cache
def queue() -> SqsReconcileQueue:
    return SqsReconcileQueue()


@cache
def tenants() -> TenantCollection:
    return TenantCollection(mongo())


@cache
def services() -> Services:
    means = _means(settings())
    members = Members(means)
    books = Books(SubscriptionCollection(mongo()), Ledger(mongo()), MrrMonths(mongo()))
    billing = Billing(books, now)
    farewells = Farewells(means, TenantChanges(means, billing))
    fleet = FleetCounts(mongo())
    sources = AttentionSources(means.tenants, fleet, Breakers(mongo()), SeenVersions(mongo()), queue(), now)
    attention = Attention(sources, means.records)
    tickets = TicketCollection(mongo())
    return Services(
        accounts=Accounts(means.users, means.unit, now, new_id),
        partners=Partners(means, farewells),
        tenants=Tenants(means, members, billing),
        members=members,
        imports=Imports(means, members),
        users=Users(means),
        runs=Runs(RunCollection(mongo())),
        attention=attention,
        stats=Stats(fleet, attention, now),
        drift=DriftPauses(means),
        subscriptions=Subscriptions(means, books, billing),
        mrr=Mrr(books.ledger, books.months, mongo(), now),
        statements=Statements(means, books, StatementCollection(mongo())),
        farewells=farewells,
        purges=Purges(means, tenants(), tickets),
        tickets=Tickets(means, tickets, attention),
        domains=Domains(means, TenantChanges(means, billing), Looks(mongo())),
    )


@cache
def audit() -> Audit:
    return Audit(
        AuditMeans(AuditEvents(mongo()), Chains(mongo()), Seals(mongo()), head_safe, now, time.monotonic)
    )


@cache
def refusals() -> Refusals:
    return Refusals(AuditEvents(mongo()), UserCollection(mongo()), tenants(), mongo(), now)


@cache
def head_safe() -> HeadSafe:
    if settings().audit_bucket:
        return HeadBucket(settings().audit_bucket)
    return HeadFolder(Path(settings().audit_folder)) if settings().audit_folder else NoSafe()


@cache
def reconciler(integration: Integration) -> Reconciler:
    """One worker knows one vendor and holds that vendor's credentials only."""
    from chalicelib.reconcile.gate import Gate  # noqa: PLC0415 (the API never needs the engine)
    from chalicelib.reconcile.reconciler import Reconciler  # noqa: PLC0415

    return Reconciler(
        tenants=tenants(),
        people=UserCollection(mongo()),
        connectors={integration: _connector(integration)},
        clock=now,
        new_id=new_id,
        uniform=random.random,
        gate=Gate(Breakers(mongo()), now, new_id, random.random),
        runs=RunCollection(mongo()),
    )


@cache
def versions(integration: Integration) -> Versions:
    """What asks the worker's own vendor for its version, now and then."""
    from chalicelib.reconcile.versions import Versions  # noqa: PLC0415 (as above)

    return Versions(_version_source(integration), SeenVersions(mongo()), now)


@cache
def plans() -> Plans:
    """Looking at all three vendors needs all three credentials: only the functions of plans have them."""
    from chalicelib.reconcile.planner import Planner  # noqa: PLC0415 (as above)

    planner = Planner({each: _connector(each) for each in INTEGRATIONS}, UserCollection(mongo()))
    return Plans(planner, _means(settings()))


@cache
def invitations() -> Invitations:
    """To make a link needs Authentik's credentials: only the function of invitations has them."""
    from chalicelib.integrations.authentik import authentik_invitations  # noqa: PLC0415 (as above)

    return Invitations(_means(settings()), services().members, authentik_invitations(settings()))


@cache
def domain_checks() -> DomainChecks:
    """To look at DNS needs dnspython, and Stalwart's credentials: only the functions of checks have them."""
    from chalicelib.integrations.dns import DnsLookups  # noqa: PLC0415 (as above)
    from chalicelib.integrations.stalwart import stalwart_zones  # noqa: PLC0415
    from chalicelib.services.domain_checks import CheckMeans, DomainChecks  # noqa: PLC0415

    means, dns, zones = _means(settings()), DnsLookups(settings().dns_resolver), stalwart_zones(settings())
    books = Books(SubscriptionCollection(mongo()), Ledger(mongo()), MrrMonths(mongo()))
    changes = TenantChanges(means, Billing(books, now))
    return DomainChecks(means, changes, CheckMeans(Looks(mongo()), tenants(), dns, zones))


def missing_indexes() -> list[str]:
    """Raises Unavailable."""
    return indexes.missing_indexes(mongo())


def _connector(integration: Integration) -> Connector[Any]:
    """Imported late: containers of the API never need a vendor's client."""
    if integration == "authentik":
        from chalicelib.integrations.authentik import authentik_connector  # noqa: PLC0415

        return authentik_connector(settings())
    if integration == "stalwart":
        from chalicelib.integrations.stalwart import stalwart_connector  # noqa: PLC0415

        return stalwart_connector(settings())
    from chalicelib.integrations.ocis import ocis_connector  # noqa: PLC0415

    return ocis_connector(settings())


def _version_source(integration: Integration) -> VersionSource:
    """Imported late, as connectors are."""
    if integration == "authentik":
        from chalicelib.integrations.authentik import authentik_version  # noqa: PLC0415

        return authentik_version(settings())
    if integration == "stalwart":
        from chalicelib.integrations.stalwart import stalwart_version  # noqa: PLC0415

        return stalwart_version(settings())
    from chalicelib.integrations.ocis import ocis_version  # noqa: PLC0415

    return ocis_version(settings())


def _means(settings: Settings) -> Means:
    unit = mongo()
    return Means(
        partners=PartnerCollection(unit),
        tenants=tenants(),
        users=UserCollection(unit),
        records=Records(AuditEvents(unit), queue(), unit, now, new_id),
        unit=unit,
        clock=now,
        new_id=new_id,
        operator_issuer=_issuer_of(settings, settings.operator_audience),
        customer_issuer=_issuer_of(settings, settings.customer_audience),
        kept=timedelta(days=settings.retention_days),
    )


def _issuer_of(settings: Settings, audience: str) -> str:
    """Raises Misconfigured when no configured pair has that audience."""
    for each in trusted_issuers(settings):
        if each.audience == audience:
            return each.issuer
    raise Misconfigured(f"AUTHENTIK_AUDIENCE lacks {audience!r}")
