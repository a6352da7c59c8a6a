"""The routes of users: one's own, and everyone's for operators."""

from __future__ import annotations

from typing import Literal

from chalice.app import Blueprint, Response

from chalicelib import wiring
from chalicelib.auth.guards import OPERATOR, SIGNED_IN
from chalicelib.domain.commands import ChangeUser
from chalicelib.domain.filters import UserFilter
from chalicelib.errors import (
    ConcurrentChange,
    ImpossibleMove,
    LastPlatformAdmin,
    PreconditionFailed,
    UserNotFound,
)
from chalicelib.handlers.answers import (
    MeAnswer,
    MyMembershipAnswer,
    MyTenantAnswer,
    OneUserAnswer,
    UserAnswer,
    UserCounts,
    UsersAnswer,
    one_user_answer,
    user_answer,
)
from chalicelib.handlers.http import answer, body, caller, if_match, query
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.money_answers import subscription_answer
from chalicelib.handlers.operation import operation

routes = Blueprint(__name__)


class UsersQuery(ListQuery):
    sort: Literal["email", "-email", "name", "-name", "lastSignInAt", "-lastSignInAt"] = "email"
    platform_admin: bool | None = None
    active: bool | None = None


@routes.route("/me", methods=["GET"])
@operation(SIGNED_IN, "Who is signed in, with their tenants", gives=MeAnswer)
def get_me() -> Response:
    actor = caller(routes)
    user = actor.user
    memberships = []
    tenants = wiring.services().tenants.of(user)
    subscriptions = wiring.services().subscriptions.of(tenants)
    for tenant in tenants:
        membership = user.membership_of(tenant.id)
        if membership:
            of = MyTenantAnswer(id=tenant.id, slug=tenant.slug, name=tenant.name, status=tenant.status)
            terms = subscription_answer(tenant, subscriptions.get(tenant.id))
            memberships.append(MyMembershipAnswer(role=membership.role, tenant=of, subscription=terms))
    return answer(
        MeAnswer(
            id=user.id,
            email=user.email,
            name=user.name,
            operator=actor.is_operator,
            memberships=tuple(memberships),
            last_sign_in_at=user.last_sign_in_at,
        )
    )


@routes.route("/users", methods=["GET"])
@operation(OPERATOR, "All users", query=UsersQuery, gives=UsersAnswer)
def list_users() -> Response:
    asked = query(routes, UsersQuery)
    narrowed = UserFilter(platform_admin=asked.platform_admin, active=asked.active, search=asked.q)
    page, counts = wiring.services().users.list(narrowed, page_request(routes, asked))
    return answer(
        UsersAnswer(
            items=tuple(map(user_answer, page.items)),
            next_cursor=next_cursor(routes, asked, page),
            counts=UserCounts(
                active=counts["active"], inactive=counts["inactive"], platform_admin=counts["platformAdmin"]
            ),
        )
    )


@routes.route("/users/{user_id}", methods=["GET"])
@operation(OPERATOR, "One user", gives=OneUserAnswer, versioned=True, refuses=(UserNotFound,))
def get_user(user_id: str) -> Response:
    users = wiring.services().users
    user = users.get(user_id)
    return answer(one_user_answer(user, users.tenants_of(user)), version=user.version)


@routes.route("/users/{user_id}", methods=["PATCH"])
@operation(
    OPERATOR,
    "Change who is a platform admin, and who may sign in at all",
    takes=ChangeUser,
    gives=UserAnswer,
    versioned=True,
    refuses=(UserNotFound, PreconditionFailed, LastPlatformAdmin, ImpossibleMove, ConcurrentChange),
)
def change_user(user_id: str) -> Response:
    wish = body(routes, ChangeUser)
    user = wiring.services().users.change(caller(routes), user_id, wish, if_match(routes))
    return answer(user_answer(user), version=user.version)
