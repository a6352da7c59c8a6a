"""The routes of what tenants pay: the catalogue, their subscription, and how it came to that."""

from __future__ import annotations

from typing import Literal

from chalice.app import Blueprint, Response

from chalicelib import wiring
from chalicelib.auth.guards import MEMBER_READS, OPERATOR_ON_TENANT, SIGNED_IN
from chalicelib.domain.billing_commands import AgreeSubscription
from chalicelib.errors import ConcurrentChange, ImpossibleMove, PreconditionFailed, SeatsInUse
from chalicelib.handlers.http import answer, body, caller, if_match, query, tenant
from chalicelib.handlers.lists import PageQuery, next_cursor, page_request
from chalicelib.handlers.money_answers import (
    CatalogueAnswer,
    LedgerAnswer,
    SeatedSubscriptionAnswer,
    catalogue_answer,
    ledger_answer,
    seated_answer,
)
from chalicelib.handlers.operation import operation
from chalicelib.services.subscriptions import Seated

routes = Blueprint(__name__)


class LedgerQuery(PageQuery):
    sort: Literal["sequence", "-sequence"] = "-sequence"


@routes.route("/catalogue", methods=["GET"])
@operation(SIGNED_IN, "What each plan costs and includes, in its versions", gives=CatalogueAnswer)
def get_catalogue() -> Response:
    return answer(catalogue_answer(wiring.services().mrr.today()))


@routes.route("/tenants/{slug}/subscription", methods=["GET"])
@operation(
    MEMBER_READS,
    "What the tenant is subscribed to, and what it pays",
    gives=SeatedSubscriptionAnswer,
    versioned=True,
)
def get_subscription(slug: str) -> Response:
    return _one(wiring.services().subscriptions.get(tenant(routes)))


@routes.route("/tenants/{slug}/subscription", methods=["PUT"])
@operation(
    OPERATOR_ON_TENANT,
    "Agree on the whole of the terms; seats and storage follow",
    takes=AgreeSubscription,
    gives=SeatedSubscriptionAnswer,
    versioned=True,
    refuses=(PreconditionFailed, SeatsInUse, ImpossibleMove, ConcurrentChange),
)
def agree_subscription(slug: str) -> Response:
    wish = body(routes, AgreeSubscription)
    subscriptions = wiring.services().subscriptions
    return _one(subscriptions.agree(caller(routes), tenant(routes), wish, if_match(routes)))


@routes.route("/tenants/{slug}/ledger", methods=["GET"])
@operation(
    OPERATOR_ON_TENANT,
    "Everything that changed what the tenant pays, latest first",
    query=LedgerQuery,
    gives=LedgerAnswer,
)
def list_ledger(slug: str) -> Response:
    asked = query(routes, LedgerQuery)
    page = wiring.services().subscriptions.ledger(tenant(routes), page_request(routes, asked))
    return answer(ledger_answer(page.items, next_cursor(routes, asked, page)))


def _one(seated: Seated) -> Response:
    subscription = seated.subscription
    shown = seated_answer(seated.tenant, subscription, seated.seats_used)
    return answer(shown, version=subscription.version if subscription else 0)
