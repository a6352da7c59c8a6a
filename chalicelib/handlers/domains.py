"""The routes of a tenant's domains: whose they are, what DNS needs to hold for them, and what it shows."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import ADMIN_OR_OPERATOR_WRITES, MEMBER_READS, OPERATOR_ON_TENANT
from chalicelib.domain.commands import AddDomain, ApproveDomain
from chalicelib.domain.mail_records import (
    WORDS,
    DomainLook,
    Grade,
    Purpose,
    RecordType,
    SeenRecord,
    State,
    grade,
)
from chalicelib.domain.names import domain_name
from chalicelib.domain.ownership import DomainClaim, Ownership
from chalicelib.errors import AlreadyExists, ConcurrentChange, DomainNotFound, DomainTaken, ImpossibleMove
from chalicelib.handlers.answers import Answer, Instant
from chalicelib.handlers.http import answer, body, caller, no_content, tenant
from chalicelib.handlers.operation import operation
from chalicelib.services.domains import OneDomain

routes = Blueprint(__name__)


class DomainRecordAnswer(Answer):
    """`seen` is what DNS showed at that name: words of whoever wrote them there."""

    purpose: Purpose
    name: str
    type: RecordType
    value: str
    state: Annotated[State | None, Field(description="null: nobody has looked yet")]
    seen: tuple[str, ...]


class DomainAnswer(Answer):
    """Mail is set up for a domain once it is proven or approved."""

    name: str
    ownership: Ownership
    proof: Annotated[
        DomainRecordAnswer | None,
        Field(description="The TXT record that proves it; null where an operator named the domain"),
    ]
    records: Annotated[
        tuple[DomainRecordAnswer, ...],
        Field(description="What the mail server asks for; empty until it has the domain"),
    ]
    grade: Grade
    words: Annotated[str, Field(description="The grade for people")]
    checked_at: Instant | None


class DomainsAnswer(Answer):
    items: tuple[DomainAnswer, ...]


@routes.route("/tenants/{slug}/domains", methods=["GET"])
@operation(MEMBER_READS, "The tenant's domains, and what DNS shows of them", gives=DomainsAnswer)
def list_domains(slug: str) -> Response:
    found = wiring.services().domains.list(tenant(routes))
    return answer(DomainsAnswer(items=tuple(map(_domain, found))))


@routes.route("/tenants/{slug}/domains", methods=["POST"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Add a domain; unproven until its TXT record is found, unless an operator adds it",
    takes=AddDomain,
    gives=DomainAnswer,
    status=201,
    refuses=(AlreadyExists, DomainTaken, ImpossibleMove, ConcurrentChange),
)
def add_domain(slug: str) -> Response:
    name = body(routes, AddDomain).name
    return answer(_domain(wiring.services().domains.add(caller(routes), tenant(routes), name)), status=201)


@routes.route("/tenants/{slug}/domains/{name}", methods=["DELETE"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Remove a domain, with all mailboxes in it",
    status=204,
    refuses=(DomainNotFound, ImpossibleMove, ConcurrentChange),
)
def remove_domain(slug: str, name: str) -> Response:
    wiring.services().domains.remove(caller(routes), tenant(routes), _canonical(name))
    return no_content()


@routes.route("/tenants/{slug}/domains/{name}/check", methods=["POST"])
@operation(
    ADMIN_OR_OPERATOR_WRITES,
    "Look at DNS now; asked again within ten seconds, the last look is answered",
    gives=DomainAnswer,
    refuses=(DomainNotFound, ImpossibleMove, ConcurrentChange),
)
def check_domain(slug: str, name: str) -> Response:
    domain = _canonical(name)
    checked = wiring.domain_checks().check(caller(routes), tenant(routes), domain)
    return answer(_domain(wiring.services().domains.get(checked, domain)))


@routes.route("/tenants/{slug}/domains/{name}/approve", methods=["POST"])
@operation(
    OPERATOR_ON_TENANT,
    "Vouch for an unproven domain, with a reason",
    takes=ApproveDomain,
    gives=DomainAnswer,
    refuses=(DomainNotFound, ImpossibleMove, ConcurrentChange),
)
def approve_domain(slug: str, name: str) -> Response:
    reason = body(routes, ApproveDomain).reason
    approved = wiring.services().domains.approve(caller(routes), tenant(routes), _canonical(name), reason)
    return answer(_domain(approved))


def _canonical(name: str) -> str:
    """Raises DomainNotFound for what is no domain name."""
    try:
        return domain_name(name)
    except ValueError:
        raise DomainNotFound from None


def _domain(of: OneDomain) -> DomainAnswer:
    ownership: Ownership = of.claim.ownership if of.claim else "approved"
    graded = grade(ownership, of.look)
    return DomainAnswer(
        name=of.name,
        ownership=ownership,
        proof=_proof(of.claim, of.look),
        records=tuple(map(_record, of.look.records)) if of.look else (),
        grade=graded,
        words=WORDS[graded],
        checked_at=of.look.checked_at if of.look else None,
    )


def _proof(claim: DomainClaim | None, look: DomainLook | None) -> DomainRecordAnswer | None:
    """What was seen counts only beside the value that it was compared with."""
    if claim is None or not claim.token:
        return None
    wanted = claim.record_value
    last = look.proof if look and look.proof and look.proof.value == wanted else None
    return DomainRecordAnswer(
        purpose="ownership",
        name=claim.record_name,
        type="TXT",
        value=wanted,
        state=last.state if last else None,
        seen=last.seen if last else (),
    )


def _record(of: SeenRecord) -> DomainRecordAnswer:
    return DomainRecordAnswer(**dict(of))
