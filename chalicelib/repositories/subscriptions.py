"""Subscriptions in MongoDB: one for each tenant, under the tenant's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.days import Day
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.collection import ValueCollection
from chalicelib.repositories.documents import Document, from_document
from chalicelib.repositories.mongo import border


@border
class Subscriptions(ValueCollection[Subscription]):
    """SubscriptionStore on the collection `subscriptions`."""

    name = "subscriptions"
    model = Subscription

    def find_many(self, tenant_ids: Sequence[str]) -> Mapping[str, Subscription]:
        found = self._some({"_id": {"$in": list(tenant_ids)}})
        return {each.id: each for each in found}

    def save(self, subscription: Subscription, as_read: Subscription) -> None:
        self._replace(subscription, as_read)

    def of_partner(self, partner_id: str) -> tuple[Subscription, ...]:
        return self._some({"standing.partnerId": partner_id})

    def trials_over(self, day: Day, limit: int) -> tuple[Subscription, ...]:
        over = {"standing.status": "trial", "trialEndsOn": {"$lte": day}}
        found = self._collection.find(over, session=self._mongo.session)
        return tuple(from_document(Subscription, each) for each in found.sort("trialEndsOn", 1).limit(limit))

    def _some(self, query: Document) -> tuple[Subscription, ...]:
        found = self._collection.find(query, session=self._mongo.session)
        return tuple(from_document(Subscription, each) for each in found)

    def _taken(self, value: Subscription, fields: str) -> ConcurrentChange:  # noqa: ARG002 - only the id is unique
        return ConcurrentChange()
