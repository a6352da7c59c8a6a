"""A ledger as large as years of business make it: written by the domain's own functions, in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from pymongo import ASCENDING, MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from chalicelib.domain.catalogue import INTERVALS
from chalicelib.domain.days import Day, shifted
from chalicelib.domain.ledger import event_of
from chalicelib.domain.money import CURRENCIES
from chalicelib.domain.subscription import Subscription, Terms, begun
from chalicelib.domain.tenant import PLANS, Tenant
from chalicelib.repositories.documents import Document, to_document
from chalicelib.repositories.indexes import INDEXES
from tests.builders import a_partner, a_tenant
from tests.money import at

FIRST: Day = "2021-12-01"
DAYS = 1_817  # up to the day of the questions
TODAY = shifted(FIRST, DAYS - 1)
BIG_SHARE = 0.1  # of the tenants begin with the big partner
A_BATCH = 1_000  # documents
ASKED_OF = ("ledger", "subscriptions", "tenants", "partners", "statements")


@dataclass(frozen=True, slots=True)
class Size:
    tenants: int = 20_000
    events: int = 1_000_000
    partners: int = 200

    @property
    def each(self) -> int:
        """Events of one tenant."""
        return self.events // self.tenants


def fill(uri: str, name: str, size: Size) -> list[str]:
    """Write all of it, then its indexes, by a client that waits. Returns the partners' slugs."""
    client: MongoClient[Document]
    with MongoClient(uri) as client:
        slugs = _filled(client[name], size)
        for collection in ASKED_OF:
            for index in INDEXES[collection]:
                keys = [(key, ASCENDING) for key in index.keys]
                client[name][collection].create_index(keys, **index.options)
    return slugs


def _filled(database: Database[Document], size: Size) -> list[str]:
    partners = [a_partner(slug=f"partner-{n}", margin_bps=2_000) for n in range(size.partners)]
    random, ids = Random(7), [each.id for each in partners]  # noqa: S311 (repeatable, not secret)
    database["partners"].insert_many(map(to_document, partners))
    every = [_Bulk(database[name]) for name in ("ledger", "subscriptions", "tenants")]
    for number in range(size.tenants):
        for bulk, documents in zip(every, _life(number, random, ids, size.each), strict=True):
            bulk.add(*documents)
    for bulk in every:
        bulk.flush()
    return [each.slug for each in partners]


def _life(
    number: int, random: Random, partners: list[str], count: int
) -> tuple[list[Document], list[Document], list[Document]]:
    """What is stored of one tenant: its events, its subscription, itself."""
    owner = partners[0] if random.random() < BIG_SHARE else random.choice(partners)
    tenant = a_tenant(id=f"{number:032x}", slug=f"tenant-{number}", name=f"Tenant {number}", partner_id=owner)
    tenant = tenant.with_(plan="business", domains=())
    days = sorted(random.sample(range(DAYS), count))
    day = shifted(FIRST, days[0])
    subscription = begun(tenant, Terms("business", random.randint(1, 200)), day, at(day))
    events = [event_of(None, subscription)]
    for each in days[1:]:
        before, day = subscription, shifted(FIRST, each)
        tenant, subscription = _next(tenant, before, day, random, partners)
        events.append(event_of(before, subscription))
    tenant = subscription.allow(tenant)
    stored = {**to_document(tenant), "status": tenant.status}
    return list(map(to_document, events)), [to_document(subscription)], [stored]


def _next(
    tenant: Tenant, before: Subscription, day: Day, random: Random, partners: list[str]
) -> tuple[Tenant, Subscription]:
    """Mostly other seats; now and then another plan and currency, another partner, an end or a return."""
    is_gone, chance = tenant.lifecycle == "terminated", random.random()
    if is_gone or chance < 0.02:
        tenant = tenant.with_(lifecycle="active" if is_gone else "terminated")
    elif chance < 0.06:
        tenant = tenant.with_(
            partner_id=random.choice([each for each in partners if each != tenant.partner_id])
        )
    else:
        return _agreed(tenant, before, day, random)
    return tenant, before.followed(tenant, day, at(day))


def _agreed(tenant: Tenant, before: Subscription, day: Day, random: Random) -> tuple[Tenant, Subscription]:
    standing = before.standing
    fresh = random.random() < 0.1
    terms = Terms(
        plan=random.choice(PLANS) if fresh else standing.plan,
        seats=standing.seats % 200 + 1,
        interval=random.choice(INTERVALS) if fresh else standing.interval,
        currency=random.choice(CURRENCIES) if fresh else standing.currency,
    )
    return tenant.with_(plan=terms.plan), before.agreed(terms, day, at(day))


class _Bulk:
    """Inserts by the thousand."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection
        self._waiting: list[Document] = []

    def add(self, *documents: Document) -> None:
        self._waiting += documents
        if len(self._waiting) >= A_BATCH:
            self.flush()

    def flush(self) -> None:
        for batch in _batches(self._waiting):
            self._collection.insert_many(batch, ordered=False)
        self._waiting = []


def _batches(documents: list[Document]) -> Iterator[list[Document]]:
    every = iter(documents)
    while batch := list(islice(every, A_BATCH)):
        yield batch
