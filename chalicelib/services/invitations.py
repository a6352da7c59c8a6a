"""Invitations: how an invited person gets into their account for the first time."""

from __future__ import annotations

from chalicelib.domain.actor import Actor
from chalicelib.domain.ports import InvitationLinks
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import User
from chalicelib.errors import AccountNotReady, AlreadySignedIn, BelongsElsewhere, ImpossibleMove
from chalicelib.services.means import Means
from chalicelib.services.members import Members


class Invitations:
    def __init__(self, means: Means, members: Members, links: InvitationLinks) -> None:
        self._records = means.records
        self._unit = means.unit
        self._members = members
        self._links = links

    def make(self, actor: Actor, tenant: Tenant, user_id: str) -> str:
        """A fresh link with which the member sets a password: a credential, shown once and kept nowhere.

        Only of people who have never signed in and belong to no other tenant: else an admin could take over
        somebody's account. Operators may where there are other tenants, too.

        Raises   UserNotFound, RoleRequired, ImpossibleMove, AlreadySignedIn, BelongsElsewhere,
                 AccountNotReady, Unavailable
        """
        user = self._members.reachable(actor, tenant, user_id)
        self._check(actor, tenant, user)
        # On record before it is made: no link without a trace.
        self._unit.run(lambda: self._records.link_made(actor, user, tenant))
        link = self._links.link(user.id, user.email or "")
        if link is None:
            raise AccountNotReady
        return link

    def _check(self, actor: Actor, tenant: Tenant, user: User) -> None:
        membership = user.membership_of(tenant.id)
        if tenant.lifecycle != "active" or not user.active or membership is None or not membership.active:
            raise ImpossibleMove("Nobody can sign in with this membership now")
        if not user.is_invited:
            raise AlreadySignedIn
        if len(user.memberships) > 1 and not actor.is_operator:
            raise BelongsElsewhere
