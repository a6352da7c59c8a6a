"""Accounts: from a verified token to the user in our database."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from chalicelib.domain.ports import Clock, NewId, SignedIn, UnitOfWork, UserStore
from chalicelib.domain.user import User
from chalicelib.errors import AlreadyExists, ConcurrentChange, Deactivated

log = logging.getLogger(__name__)


class Accounts:
    """Users are matched by issuer and subject; by e-mail only once, to claim an invitation."""

    def __init__(self, users: UserStore, unit: UnitOfWork, clock: Clock, new_id: NewId) -> None:
        self._users = users
        self._unit = unit
        self._clock = clock
        self._new_id = new_id

    def recognise(self, principal: SignedIn) -> User:
        """The user behind the token, one look-up; a first sign-in makes or claims one.

        Raises   Deactivated
        """
        user = self._users.by_identity(principal.issuer, principal.subject)
        if user is None:
            user = self._first_sign_in(principal)
        if not user.active:
            raise Deactivated
        return self._seen(user, principal)

    def _first_sign_in(self, principal: SignedIn) -> User:
        try:
            return self._unit.run(lambda: self._claimed(principal) or self._added(principal))
        except (AlreadyExists, ConcurrentChange):
            # Two first requests at once: the other one has made the user.
            user = self._users.by_identity(principal.issuer, principal.subject)
            if user is None:
                raise
            return user

    def _claimed(self, principal: SignedIn) -> User | None:
        """An invitation is claimed by a verified address, at the issuer it was made for, and only once."""
        invited = self._users.by_email(principal.issuer, principal.email) if principal.email else None
        if invited is None or not invited.is_invited:
            return None
        user = invited.changed(self._clock(), subject=principal.subject, name=principal.name or invited.name)
        self._users.save(user, invited)
        log.info("invitation claimed", extra={"user_id": user.id})
        return user

    def _added(self, principal: SignedIn) -> User:
        now = self._clock()
        holder = self._users.by_email(principal.issuer, principal.email) if principal.email else None
        user = User(
            id=self._new_id(),
            issuer=principal.issuer,
            subject=principal.subject,
            email=None if holder else principal.email or None,  # one address, one user of an issuer
            name=principal.name,
            created_at=now,
            updated_at=now,
        )
        self._users.add(user)
        return user

    def _seen(self, user: User, principal: SignedIn) -> User:
        signed_in_at = datetime.fromtimestamp(principal.signed_in_at, UTC)
        if user.last_sign_in_at and signed_in_at <= user.last_sign_in_at:
            return user
        seen = user.with_(last_sign_in_at=signed_in_at, name=principal.name or user.name)
        self._users.signed_in(seen)
        return seen
