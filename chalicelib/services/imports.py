"""Imports: many people invited at once, row by row; sent again, it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import InviteMember
from chalicelib.domain.people_file import Row
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import User
from chalicelib.errors import AlreadyExists, ConcurrentChange, RoleRequired
from chalicelib.services.means import Means
from chalicelib.services.members import Members

Outcome = Literal["invite", "invited", "member", "wrong", "waiting"]
PORTION = 25  # rows of one transaction: short enough for others of the tenant to come in between
PATIENCE = timedelta(seconds=6)  # a portal waits for ten


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    outcome   of a preview: invite; of an import: invited, or waiting when time was up before this row
    reason    what is wrong with the row
    """

    row: Row
    outcome: Outcome
    reason: str = ""


class Imports:
    def __init__(self, means: Means, members: Members) -> None:
        self._users = means.users
        self._tenants = means.tenants
        self._unit = means.unit
        self._clock = means.clock
        self._customer_issuer = means.customer_issuer
        self._members = members

    def preview(self, actor: Actor, tenant: Tenant, rows: Sequence[Row]) -> tuple[Verdict, ...]:
        """What `apply` would do. Raises ImpossibleMove."""
        tenant.check_move("change")
        return tuple(self._judged(actor, tenant, rows))

    def apply(self, actor: Actor, tenant: Tenant, rows: Sequence[Row]) -> tuple[Verdict, ...]:
        """Invite whom the preview says. Whoever is a member by now stays as they are: it is safe to repeat.

        Raises   ImpossibleMove, ConcurrentChange; the portions before stand
        """
        judged = self.preview(actor, tenant, rows)
        todo = [each.row for each in judged if each.outcome == "invite"]
        done = {each.row.line: each for each in self._in_portions(actor, tenant, todo)}
        return tuple(done.get(each.row.line, each) for each in judged)

    def _in_portions(self, actor: Actor, tenant: Tenant, rows: Sequence[Row]) -> Iterator[Verdict]:
        until = self._clock() + PATIENCE
        for start in range(0, len(rows), PORTION):
            portion = rows[start : start + PORTION]
            if start and self._clock() >= until:
                yield from (Verdict(each, "waiting") for each in portion)
            else:
                yield from self._invited(actor, tenant, portion)

    def _invited(self, actor: Actor, tenant: Tenant, portion: Sequence[Row]) -> list[Verdict]:
        def work() -> list[Verdict]:
            judged = list(self._judged(actor, tenant, portion))
            self._members.invite_all(actor, tenant, _wishes(judged))
            return [replace(each, outcome="invited") if each.outcome == "invite" else each for each in judged]

        return self._at_once(work)

    def _at_once(self, work: Callable[[], list[Verdict]]) -> list[Verdict]:
        try:
            return self._unit.run(work)
        except AlreadyExists:  # somebody else has just taken one of the addresses: another look would tell
            raise ConcurrentChange from None

    def _judged(self, actor: Actor, tenant: Tenant, rows: Sequence[Row]) -> Iterator[Verdict]:
        known = self._users.by_emails(self._customer_issuer, [row.wish.email for row in rows if row.wish])
        free = self._free_seats(tenant)
        for row in rows:
            verdict = self._verdict(actor, tenant, row, known)
            if verdict.outcome == "invite" and free is not None:
                free -= 1
                if free < 0:
                    verdict = Verdict(row, "wrong", "no seat of the subscription is left")
            yield verdict

    def _verdict(self, actor: Actor, tenant: Tenant, row: Row, known: dict[str, User]) -> Verdict:
        if row.wish is None:
            return Verdict(row, "wrong", row.wrong)
        user = known.get(row.wish.email)
        if user and user.membership_of(tenant.id):
            return Verdict(row, "member")
        try:
            self._members.check_reach(actor, tenant, row.wish.role)
        except RoleRequired as refused:
            return Verdict(row, "wrong", f"role: {refused.detail}")
        return Verdict(row, "invite")

    def _free_seats(self, tenant: Tenant) -> int | None:
        """None where the subscription knows no limit."""
        stored = self._tenants.find(tenant.id) or tenant
        allowance = stored.allowance
        return allowance.seats - self._users.seats_taken(tenant.id) if allowance else None


def _wishes(judged: Sequence[Verdict]) -> list[InviteMember]:
    return [each.row.wish for each in judged if each.outcome == "invite" and each.row.wish]
