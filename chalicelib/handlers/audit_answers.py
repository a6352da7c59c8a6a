"""What callers see of the audit trail."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from chalicelib.domain.audit import AuditEvent, Outcome
from chalicelib.domain.chain import Break, Fault
from chalicelib.domain.seal import KeptHead
from chalicelib.handlers.answers import Answer, Instant
from chalicelib.services.verification import Verification

KINDS = ("string", "integer", "boolean", "array", "object", "null")
ValueOfAnyKind = Annotated[Any, WithJsonSchema({"anyOf": [{"type": each} for each in KINDS]})]


class AuditActorAnswer(Answer):
    user_id: Annotated[str, Field(description="Empty for someone whom nobody here knew yet")]
    issuer: str
    subject: str | None
    name: str


class AuditTargetAnswer(Answer):
    kind: str
    id: str
    name: Annotated[str, Field(description="For people: a slug, an address, a reference")]


class ChangeAnswer(Answer):
    """From what to what; null where there was nothing."""

    before: ValueOfAnyKind
    after: ValueOfAnyKind


class LinkAnswer(Answer):
    """Where an event stands in its chain, and the hash of the event before it."""

    seq: int
    previous: str
    hash: str


class AuditEventAnswer(Answer):
    id: str
    at: Instant
    outcome: Outcome
    actor: AuditActorAnswer
    surface: Annotated[str, Field(description="The audience of the token, or schedule, or command")]
    action: str
    target: AuditTargetAnswer
    tenant_id: str | None
    changes: dict[str, ChangeAnswer]
    reason: str | None
    request_id: str
    chain: str | None
    link: LinkAnswer | None


class AuditAnswer(Answer):
    items: tuple[AuditEventAnswer, ...]
    next_cursor: str | None


class HeadAnswer(Answer):
    seq: int
    hash: str


class StoredHeadAnswer(Answer):
    seq: int
    hash: str
    at: Instant


class BreakAnswer(Answer):
    """The first thing that is wrong; what makes no sense for it is null."""

    kind: Fault
    what: str
    chain: str | None
    seq: int | None
    seal: int | None
    event_id: str | None
    at: Instant | None


class VerificationAnswer(Answer):
    """For the whole, `from`, `to` and `head.seq` are numbers of seals; for one chain, of its events."""

    chain: str
    intact: bool
    complete: bool
    events: Annotated[int, Field(description="Walked by this request")]
    from_: Annotated[int, Field(alias="from")]
    to: int
    begins_at: Instant | None
    unchained: Annotated[int, Field(description="Events from before there was a chain; they prove nothing")]
    head: HeadAnswer
    stored_head: StoredHeadAnswer | None
    broken: BreakAnswer | None
    next_cursor: str | None


def event_answer(event: AuditEvent) -> AuditEventAnswer:
    return AuditEventAnswer.model_validate(event.model_dump())


def verification_answer(found: Verification, next_cursor: str | None) -> VerificationAnswer:
    return VerificationAnswer(
        chain=found.chain,
        intact=found.broken is None,
        complete=found.complete,
        events=found.events,
        from_=found.since,
        to=found.reached.seq,
        begins_at=found.begins_at,
        unchained=found.unchained,
        head=HeadAnswer(seq=found.head.seq, hash=found.head.hash),
        stored_head=_stored(found.kept),
        broken=_broken(found.broken),
        next_cursor=next_cursor,
    )


def _stored(kept: KeptHead | None) -> StoredHeadAnswer | None:
    return StoredHeadAnswer(seq=kept.seq, hash=kept.hash, at=kept.at) if kept else None


def _broken(broken: Break | None) -> BreakAnswer | None:
    return (
        BreakAnswer(**{name: getattr(broken, name) for name in BreakAnswer.model_fields}) if broken else None
    )
