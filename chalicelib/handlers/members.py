"""The routes of the people in a tenant."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import ADMIN_OR_OPERATOR_WRITES, MEMBER_READS
from chalicelib.domain.commands import ChangeMember, InviteMember
from chalicelib.domain.import_commands import ImportMembers
from chalicelib.domain.user import User
from chalicelib.errors import (
    AccountNotReady,
    AlreadyExists,
    AlreadySignedIn,
    BelongsElsewhere,
    ConcurrentChange,
    ImpossibleMove,
    LastOwner,
    NoSeatLeft,
    PreconditionFailed,
    Unavailable,
    UserNotFound,
)
from chalicelib.handlers.answers import (
    Answer,
    MemberAnswer,
    MemberCountsAnswer,
    MembersAnswer,
    member_answer,
)
from chalicelib.handlers.http import answer, body, caller, if_match, no_content, query, tenant
from chalicelib.handlers.import_answers import ImportAnswer, import_answer
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation

ONE_DAY = 86_400  # seconds

routes = Blueprint(__name__)


class MembersQuery(ListQuery):
    sort: Literal["email", "-email", "name", "-name", "lastSignInAt", "-lastSignInAt"] = "-lastSignInAt"


@routes.route("/tenants/{slug}/users", methods=["GET"])
@operation(MEMBER_READS, "The tenant's users, latest sign-in first", query=MembersQuery, gives=MembersAnswer)
def list_members(slug: str) -> Response:
    asked, at = query(routes, MembersQuery), tenant(routes)
    page = wiring.services().members.list(at, asked.q, page_request(routes, asked))
    members = tuple(member_answer(each, at) for each in page.items)
    return answer(MembersAnswer(items=members, next_cursor=next_cursor(routes, asked, page)))


@routes.route("/tenants/{slug}/users/counts", methods=["GET"])
@operation(MEMBER_READS, "How far the tenant's users have come", gives=MemberCountsAnswer)
def count_members(slug: str) -> Response:
    counts = wiring.services().members.counts(tenant(routes))
    return answer(MemberCountsAnswer(**asdict(counts)))


@routes.route("/tenants/{slug}/users", methods=["POST"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Invite a person; their first sign-in with this verified address claims it",
    takes=InviteMember,
    gives=MemberAnswer,
    status=201,
    versioned=True,
    refuses=(AlreadyExists, NoSeatLeft, ImpossibleMove, ConcurrentChange),
)
def invite_member(slug: str) -> Response:
    wish = body(routes, InviteMember)
    return _one(wiring.services().members.invite(caller(routes), tenant(routes), wish), status=201)


@routes.route("/tenants/{slug}/users/import", methods=["POST"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Invite everyone in a CSV file, or say who would be; safe to repeat",
    takes=ImportMembers,
    gives=ImportAnswer,
    kept=False,  # one transaction for all of it would be too long; who is a member by now stays as they are
    refuses=(ImpossibleMove, ConcurrentChange),
)
def import_members(slug: str) -> Response:
    wish, imports = body(routes, ImportMembers), wiring.services().imports
    done = imports.preview if wish.dry_run else imports.apply
    return answer(import_answer(done(caller(routes), tenant(routes), wish.rows), dry_run=wish.dry_run))


@routes.route("/tenants/{slug}/users/{user_id}", methods=["PATCH"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Change a user's role, or whether they may use this tenant",
    takes=ChangeMember,
    gives=MemberAnswer,
    versioned=True,
    refuses=(UserNotFound, PreconditionFailed, LastOwner, NoSeatLeft, ImpossibleMove, ConcurrentChange),
)
def change_member(slug: str, user_id: str) -> Response:
    wish = body(routes, ChangeMember)
    changed = wiring.services().members.change(
        caller(routes), tenant(routes), user_id, wish, if_version=if_match(routes)
    )
    return _one(changed)


@routes.route("/tenants/{slug}/users/{user_id}", methods=["DELETE"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Remove a user from the tenant",
    status=204,
    refuses=(UserNotFound, LastOwner, ImpossibleMove, ConcurrentChange),
)
def remove_member(slug: str, user_id: str) -> Response:
    wiring.services().members.remove(caller(routes), tenant(routes), user_id)
    return no_content()


class InvitationAnswer(Answer):
    """The link is a credential: it is shown once, works once and for a day, and is kept nowhere."""

    link: str
    expires_in: Annotated[int, Field(description="Seconds")]


@routes.route("/tenants/{slug}/users/{user_id}/invitation", methods=["POST"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "A link with which an invited person sets a password",
    gives=InvitationAnswer,
    status=201,
    kept=False,
    refuses=(UserNotFound, AccountNotReady, AlreadySignedIn, BelongsElsewhere, ImpossibleMove, Unavailable),
)
def make_invitation(slug: str, user_id: str) -> Response:
    link = wiring.invitations().make(caller(routes), tenant(routes), user_id)
    return answer(InvitationAnswer(link=link, expires_in=ONE_DAY), status=201)


def _one(user: User, *, status: int = 200) -> Response:
    before = tenant(routes)
    now = before.with_(generation=before.generation + 1)  # what has changed a member has made a new one
    return answer(member_answer(user, now), status=status, version=user.version)
