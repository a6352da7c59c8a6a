"""The driver's client: made on first use, with limits on everything, and anew when its secret changes."""

from __future__ import annotations

import threading
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from chalicelib.config import Settings
from chalicelib.domain.secret import Secret

Document = dict[str, Any]
REFUSED = frozenset({18, 8000})  # AuthenticationFailed, and Atlas's own code for it


class Client:
    """One per container; every call is bounded well below the gateway's 29 s."""

    def __init__(self, settings: Settings, uri: Secret) -> None:
        self._settings = settings
        self._uri = uri
        self._making = threading.Lock()
        self._made: MongoClient[Document] | None = None
        self._made_for = ""

    def current(self) -> MongoClient[Document]:
        """Raises Unavailable when its secret cannot be read."""
        uri = self._uri.value()
        with self._making:
            if self._made is None or uri != self._made_for:
                self._made, self._made_for = self._replacement(uri), uri
            return self._made

    def is_renewed(self) -> bool:
        """Is there another secret by now than the one that was refused? Raises Unavailable."""
        return self._uri.renewed(self._made_for) is not None

    def _replacement(self, uri: str) -> MongoClient[Document]:
        """In place of the one before; nothing is under way with it: a container does one thing at a time."""
        if self._made:
            self._made.close()
        return MongoClient(
            uri,
            tz_aware=True,
            serverSelectionTimeoutMS=2_500,
            connectTimeoutMS=2_000,
            socketTimeoutMS=5_000,  # not timeoutMS: that would take the place of all the others
            maxPoolSize=10,
            waitQueueTimeoutMS=2_000,
            retryWrites=self._settings.mongodb_retry_writes,
            w="majority",
            readConcernLevel="majority",
            appname="dezky-platform-api",
        )


def is_refused(error: PyMongoError) -> bool:
    """Does the database not accept our credentials? Nothing has happened then."""
    return isinstance(error, OperationFailure) and error.code in REFUSED
