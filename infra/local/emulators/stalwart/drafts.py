"""From what a client sent to what is stored: new objects, and patches of old ones."""

from typing import Any

from infra.local.emulators.stalwart.enums import MASK
from infra.local.emulators.stalwart.kinds import Kind
from infra.local.emulators.stalwart.refusals import ObjectRefused, bad_patch

Stored = dict[str, Any]
SHORTEST_PASSWORD = 8
HIDDEN = {"@type": "Text", "secret": MASK}


def created(kind: Kind, sent: Any) -> Stored:
    """The object that a create asks for. Raises ObjectRefused."""
    if not isinstance(sent, dict):
        raise bad_patch("", "Expected an object")
    stored = _of_variant(kind, sent)
    missing = [name for name in kind.required if not stored.get(name)]
    if missing:
        errors = [{"type": "Required", "property": name} for name in missing]
        raise ObjectRefused("validationFailed", validationErrors=errors)
    _check_nested(stored)
    return _with_masked_credentials(stored)


def patched(kind: Kind, old: Stored, sent: Any) -> Stored:
    """`old` after an update with whole properties or JSON pointers as keys. Raises ObjectRefused."""
    if not isinstance(sent, dict):
        raise bad_patch("", "Expected an object")
    if sent.get("@type", old.get("@type")) != old.get("@type"):
        why = "Cannot change the type of an existing object."
        raise ObjectRefused("invalidProperties", properties=["@type"], description=why)
    new = old
    for pointer, value in sent.items():
        if pointer != "@type":
            new = _with(kind, new, pointer, value)
    _check_nested(new)
    return _with_masked_credentials(new)


def _of_variant(kind: Kind, sent: dict[str, Any]) -> Stored:
    if "" in kind.records:
        return dict(kind.records[""].read(sent, ""))
    variant = sent.get("@type")
    if not isinstance(variant, str) or variant not in kind.records:
        raise bad_patch("@type", "Invalid or missing @type")
    return {"@type": variant, **kind.records[variant].read(sent, "")}


def _with(kind: Kind, old: Stored, pointer: str, value: Any) -> Stored:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.strip("/").split("/")]
    new: Stored = kind.record_of(old).patch(old, steps, value, "")
    if new.get(steps[0]) is None and steps[0] in kind.required:
        raise ObjectRefused("validationFailed", validationErrors=[{"type": "Required", "property": steps[0]}])
    return new


def _check_nested(stored: Stored) -> None:
    for alias in stored.get("aliases", {}).values():
        if isinstance(alias, dict) and not (alias["name"] and alias["domainId"]):
            missing = "name" if not alias["name"] else "domainId"
            raise ObjectRefused(
                "validationFailed", validationErrors=[{"type": "Required", "property": missing}]
            )


def _with_masked_credentials(stored: Stored) -> Stored:
    credentials = stored.get("credentials")
    if not credentials:
        return stored
    for credential in credentials.values():
        _check_credential(credential)
    if len(credentials) > 1:
        raise _bad_credentials("Only one password credential is allowed.")
    masked = {key: {**credential, "secret": MASK} for key, credential in credentials.items()}
    return {**stored, "credentials": masked}


def _check_credential(credential: dict[str, Any]) -> None:
    if credential["@type"] != "Password":
        raise _bad_credentials("Secondary credentials cannot be set directly.")
    secret = credential["secret"]
    if secret != MASK and len(secret or "") < SHORTEST_PASSWORD:
        raise ObjectRefused("invalidProperties", properties=["secret"], description="Password is too weak.")


def _bad_credentials(why: str) -> ObjectRefused:
    return ObjectRefused("invalidProperties", properties=["credentials"], description=why)
