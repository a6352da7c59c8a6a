"""SignOuts: the identity provider says that somebody signed out there."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.ports import SpentOnce
from chalicelib.domain.session import SignOut
from chalicelib.services.sessions import Sessions


class SignOuts:
    """Each word of the provider counts once: repeated later, it would end a session that began since."""

    def __init__(self, sessions: Sessions, spent: SpentOnce) -> None:
        self._sessions = sessions
        self._spent = spent

    def heard(self, sign_out: SignOut, key: str, until: datetime) -> None:
        """Noted after the sessions have ended, not before: if that fails, the provider says it again.

        key    names the logout token
        until  when the token is refused anyway
        """
        if not self._spent.is_spent(key):
            self._sessions.end_all(sign_out)
            self._spent.spend(key, until)
