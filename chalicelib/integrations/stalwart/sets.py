"""Changes of Stalwart's objects, many in a call; each is done or refused on its own.

The vendor leaves empty maps out of its answer, so that the absence of a refusal proves nothing: whatever
is not named as done or refused counts as an answer that makes no sense.

Source   RFC 8620, section 5.3; Stalwart 0.16, set errors
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.integrations.calls import Shape, shaped, unexpected
from chalicelib.integrations.stalwart.jmap import VENDOR, Jmap, Method, Result
from chalicelib.integrations.stalwart.objects import Linked

Refusals = dict[str, Result]


def create(jmap: Jmap, kind: str, drafts: Mapping[str, Mapping[str, Any]]) -> Refusals:
    """Create objects under keys of ours; the answer is what was refused, by key.

    Sends    x:<kind>/set {"create": {key: draft}}  ->  {"created": {key: {"id"}}, "notCreated": {key: error}}
    Raises   TryLater, NeedsPerson, CredentialsRefused
    """
    done = _set(jmap, kind, {"create": {key: dict(draft) for key, draft in drafts.items()}})
    return _refusals(drafts, done.created, done.notCreated)


def update(jmap: Jmap, kind: str, patches: Mapping[str, Mapping[str, Any]]) -> Refusals:
    """Change objects by id, with whole properties or JSON pointers; the answer is what was refused.

    Sends    x:<kind>/set {"update": {id: patch}}  ->  {"updated": {id: null}, "notUpdated": {id: error}}
    Raises   TryLater, NeedsPerson, CredentialsRefused
    """
    done = _set(jmap, kind, {"update": {key: dict(patch) for key, patch in patches.items()}})
    return _refusals(patches, done.updated, done.notUpdated)


def destroy(jmap: Jmap, kind: str, identities: Sequence[str]) -> Refusals:
    """Destroy objects; the answer is what was refused. What is gone already counts as destroyed.

    Sends    x:<kind>/set {"destroy": ids}  ->  {"destroyed": ids, "notDestroyed": {id: error}}
    Raises   TryLater, NeedsPerson, CredentialsRefused
    """
    done = _set(jmap, kind, {"destroy": list(identities)})
    refused = _refusals(identities, done.destroyed, done.notDestroyed)
    return {key: error for key, error in refused.items() if error.get("type") != "notFound"}


def holder_of(error: Result) -> Linked | None:
    """Who has the name that was asked for, when that is why `error` came."""
    if error.get("type") != "primaryKeyViolation":
        return None
    return shaped(VENDOR, _Holder, error).objectId


def links_of(error: Result) -> list[Linked]:
    """Who points at the object, when that is why `error` came."""
    if error.get("type") != "objectIsLinked":
        return []
    return shaped(VENDOR, _Links, error).linkedObjects


class _Set(Shape):
    created: dict[str, Any] | None = None
    updated: dict[str, Any] | None = None
    destroyed: list[str] | None = None
    notCreated: Refusals | None = None  # noqa: N815 (the vendor's name; so are those below)
    notUpdated: Refusals | None = None  # noqa: N815
    notDestroyed: Refusals | None = None  # noqa: N815


class _Holder(Shape):
    objectId: Linked  # noqa: N815


class _Links(Shape):
    linkedObjects: list[Linked]  # noqa: N815


def _set(jmap: Jmap, kind: str, arguments: dict[str, Any]) -> _Set:
    return shaped(VENDOR, _Set, jmap.write(Method(f"x:{kind}/set", arguments)))


def _refusals(asked: Iterable[str], done: Iterable[str] | None, refused: Refusals | None) -> Refusals:
    if not {*(done or ()), *(refused or {})}.issuperset(asked):
        raise unexpected(VENDOR)
    return refused or {}
