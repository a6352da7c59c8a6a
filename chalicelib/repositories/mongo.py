"""The MongoDB client, transactions, and the border where pymongo's failures become ours."""

from __future__ import annotations

import functools
import inspect
import itertools
import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import (
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chalicelib.config import Settings
from chalicelib.domain.secret import PlainSecret, Secret
from chalicelib.errors import Unavailable
from chalicelib.repositories.client import Client, Document, is_refused

T = TypeVar("T")
C = TypeVar("C", bound=type)
Gathered = dict[Callable[[list[Any]], None], list[Any]]
PASSING = (ConnectionFailure, ExecutionTimeout, WaitQueueTimeoutError, WTimeoutError)

TRIES = 5  # of a transaction whose connection fails
CONFLICTS = 50  # of a transaction that others are faster than; each waits longer than the one before
LONGEST_TRANSACTION = 10  # seconds, well below the gateway's 29

log = logging.getLogger(__name__)


class Mongo:
    """`uri` opens the database; by default it is what the settings say themselves."""

    def __init__(self, settings: Settings, uri: Secret | None = None) -> None:
        self._database = settings.mongodb_database
        self._client = Client(settings, uri or PlainSecret(settings.mongodb_uri))
        self._session: ContextVar[ClientSession | None] = ContextVar("session", default=None)
        self._after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after", default=None)
        self._gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)

    @property
    def client(self) -> MongoClient[Document]:
        """Inside a transaction the one that it began with. Raises Unavailable."""
        return self.session.client if self.session else self._client.current()

    @property
    def session(self) -> ClientSession | None:
        """The session of the transaction under way, for every call to pass on."""
        return self._session.get()

    def collection(self, name: str) -> Collection[Document]:
        return self.client[self._database][name]

    def ping(self) -> None:
        """Raises Unavailable."""
        try:
            self.client.admin.command("ping")
        except PyMongoError as error:
            raise Unavailable("The database is not reachable") from error

    def run(self, work: Callable[[], T]) -> T:
        """UnitOfWork: all writes of `work` happen together or not at all.

        `work` may run again: after a write conflict the server asks for it.
        Raises   Unavailable, and whatever `work` raises
        """
        if self.session:
            return work()
        callbacks: list[Callable[[], None]] = []
        result = self._committed(work, callbacks)
        for each in callbacks:
            self._follow(each)
        return result

    def after_commit(self, then: Callable[[], None]) -> None:
        callbacks = self._after_commit.get()
        if callbacks is None:
            then()
        else:
            callbacks.append(then)

    def before_commit(self, write: Callable[[list[T]], None], item: T) -> None:
        """Give `item` to `write` at the very end of the transaction, together with all others for it.

        What all transactions contend for is so held for the shortest time. Outside of one it happens at once.
        """
        gathered = self._gathered.get()
        if gathered is None:
            self.run(lambda: write([item]))
        else:
            gathered.setdefault(write, []).append(item)

    @staticmethod
    def _follow(then: Callable[[], None]) -> None:
        try:
            then()
        except Exception:  # the change is committed and acknowledged; what follows may only be late
            log.exception("after commit")

    def _committed(self, work: Callable[[], T], callbacks: list[Callable[[], None]]) -> T:
        tries = itertools.count(1)

        def attempt(session: ClientSession) -> T:
            count, gathered = next(tries), Gathered()
            callbacks.clear()
            session_token, after_token = self._session.set(session), self._after_commit.set(callbacks)
            gathered_token = self._gathered.set(gathered)
            try:
                result = work()
                for write, items in gathered.items():
                    write(items)
                return result
            except Unavailable as error:
                # The driver repeats a transaction by the label on its own error; by itself for two minutes.
                raise error.__cause__ or error if _may_repeat(error, count) else error from None
            finally:
                self._session.reset(session_token)
                self._after_commit.reset(after_token)
                self._gathered.reset(gathered_token)

        try:
            with pymongo.timeout(LONGEST_TRANSACTION), self.client.start_session() as session:
                return session.with_transaction(
                    attempt, read_concern=ReadConcern("majority"), write_concern=WriteConcern("majority")
                )
        except PyMongoError as error:
            if self.is_renewed_after(error):
                return self._committed(work, callbacks)
            raise unavailable(error) from error

    def is_renewed_after(self, error: PyMongoError) -> bool:
        """Were our credentials refused, and is there a newer secret by now? A transaction begins anew."""
        return is_refused(error) and self.session is None and self._client.is_renewed()


def _may_repeat(error: Unavailable, count: int) -> bool:
    return count < (CONFLICTS if isinstance(error.__cause__, OperationFailure) else TRIES)


def unavailable(error: PyMongoError) -> Unavailable:
    log.warning("database", extra={"failure": type(error).__name__})
    return Unavailable("The database is busy or not reachable; try again")


def overtaken(by: str) -> Unavailable:
    """A rival was faster: raised in a transaction, it lets that begin anew."""
    conflict = OperationFailure(by, 112, {"errorLabels": ["TransientTransactionError"]})
    error = unavailable(conflict)
    error.__cause__ = conflict
    return error


def is_passing(error: PyMongoError) -> bool:
    """Will the same call probably work soon?"""
    if isinstance(error, PASSING) or error.timeout:
        return True
    return isinstance(error, OperationFailure) and error.has_error_label("TransientTransactionError")


def border(repository: C) -> C:
    """Class decorator: no pymongo failure leaves a public method, except those it handles itself."""
    for name, method in list(vars(repository).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            setattr(repository, name, _guarded(method))
    return repository


def _guarded(method: Callable[..., T]) -> Callable[..., T]:
    @functools.wraps(method)
    def call(repository: Any, *args: Any, **given: Any) -> T:
        try:
            return method(repository, *args, **given)
        except PyMongoError as error:
            if repository._mongo.is_renewed_after(error):  # noqa: SLF001 (each has one)
                return call(repository, *args, **given)
            if is_passing(error):
                raise unavailable(error) from error
            raise

    return call


def violated(error: DuplicateKeyError) -> str:
    """The fields of the unique index that refused the write: "slug", "issuer,email"."""
    details: Mapping[str, Any] = error.details or {}
    return ",".join(details.get("keyPattern") or {})
