"""Invitations: the link with which an invited person sets the password of their account."""

from __future__ import annotations

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater, Unavailable
from chalicelib.integrations.authentik.marks import USER
from chalicelib.integrations.authentik.users import Users


class AuthentikInvitations:
    """InvitationLinks. The account itself is made by the reconcile job, and by nobody else."""

    def __init__(self, users: Users) -> None:
        self._users = users

    def link(self, user_id: str, address: str) -> str | None:
        """As promised by InvitationLinks; an account of that name without our marker is somebody else's."""
        try:
            account = self._users.named(address)
            if account is None or account.attributes.get(USER) != user_id or not account.is_active:
                return None
            return self._users.recovery_link(account.pk)
        except (TryLater, NeedsPerson, CredentialsRefused) as failure:
            raise Unavailable(failure.message) from None
