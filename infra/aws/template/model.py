"""The words of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

Json = dict[str, object]


class BadManifest(Exception):
    """The manifest does not fit the application; the message says what to change in it."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a function reaches: nothing else is in its variables, and nothing else in its role.

    variables   names; their values are the template's parameters
    secrets     names of variables; each becomes <NAME>_SECRET_NAME and the right to read that secret
    sends       queues that it sends to
    counts      queues whose length it reads
    takes       queues that it empties
    heads       "keep" or "read": of the audit trail's heads
    """

    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()

    def __add__(self, other: Needs) -> Needs:
        both = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        return Needs(**{name: tuple(dict.fromkeys(values)) for name, values in both.items()})


@dataclass(frozen=True, kw_only=True)
class Functions:
    """One function for each route or trigger of `serves`; or with a `name` one for all of them.

    set           FUNCTION_SET: what the container imports
    serves        globs over "GET /tenants/{slug}", or names of triggers in app.py
    under         for one function with many routes: the path under which it may be called
    folder        of its secrets, when it has its own: operator/mongodb-uri
    timeout       seconds; the gateway gives up after 29
    reserved      containers kept for it, and the most it may have
    concurrency   the most messages batches that are worked off at a time
    """

    set: str
    serves: tuple[str, ...]
    needs: Needs
    name: str = ""
    under: str = ""
    folder: str = ""
    memory: int = 512
    timeout: int = 28
    reserved: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function of the template."""

    id: str
    handler: str
    of: Functions
    serves: tuple[str, ...]

    def also(self, served: str) -> Function:
        return replace(self, serves=(*self.serves, served))

    @property
    def log_group(self) -> str:
        return f"{pascal(self.of.set)}Logs"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A value that differs from one installation to the next.

    default   None: the person who deploys has to say
    """

    about: str
    default: str | None = None
    pattern: str = ""


@dataclass(frozen=True)
class Runtime:
    """Of Lambda: the zip holds wheels for exactly this."""

    python: str
    architecture: str


def pascal(text: str) -> str:
    """A name that CloudFormation takes: "GET /tenants/{slug}" -> GetTenantsSlug."""
    words = "".join(each if each.isalnum() else " " for each in text).split()
    return "".join(word[0].upper() + word[1:].lower() for word in words)
