"""Reading bodies as strictly as the server: known fields only, each of its type; names that it takes."""

import re
from typing import Any

from infra.local.emulators.ocis import fields
from infra.local.emulators.ocis.refusals import invalid

USER_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]*(@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*)*")
ADDRESS = re.compile(r"[^@\s]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")
NOT_IN_SPACE_NAMES = set('/\\.:?*"><|')
USER_TYPES = {"Member", "Guest", "Federated"}


def fields_of(body: Any, known: fields.Fields) -> dict[str, Any]:
    """`body` when it is an object with known fields of the right types; nulls count as absent."""
    if not isinstance(body, dict):
        raise invalid("invalid request body")
    for name, value in body.items():
        if name not in known:
            raise invalid(f'invalid request body: json: unknown field "{name}"')
        is_right = isinstance(value, known[name]) and (known[name] is bool or not isinstance(value, bool))
        if value is not None and not is_right:
            raise invalid(f"invalid request body: {name} has the wrong type")
    return {name: value for name, value in body.items() if value is not None}


def checked_user(sent: dict[str, Any]) -> dict[str, Any]:
    """The same fields when names and addresses are such as the server takes."""
    if "id" in sent:
        raise invalid("user id is a read-only attribute")
    if "preferredLanguage" in sent:
        raise invalid("preferredLanguage can only be set by the user")
    if sent.get("displayName", "x") == "":
        raise invalid("displayName must not be empty")
    if not USER_NAME.fullmatch(sent.get("onPremisesSamAccountName", "x")):
        raise invalid("onPremisesSamAccountName is not a valid user name")
    if "mail" in sent and not ADDRESS.fullmatch(sent["mail"]):
        raise invalid("mail is not a valid e-mail address")
    if sent.get("userType", "Member") not in USER_TYPES:
        raise invalid("userType is not valid")
    return sent


def checked_space(sent: dict[str, Any], most: int) -> dict[str, Any]:
    """The same fields when name and quota are such as the server takes; `most` bytes, 0 for no maximum."""
    if "name" in sent:
        check_space_name(sent["name"])
    if "quota" in sent:
        total = fields_of(sent["quota"], fields.QUOTA).get("total")
        if total is None or total < 0:
            raise invalid("quota.total must not be negative")
        if most and (total == 0 or total > most):
            raise invalid(f"quota.total must not exceed {most}")
    return sent


def check_space_name(name: str) -> None:
    """Refuse names that cannot be the name of a folder. Raises Refused."""
    if not name.strip():
        raise invalid("spacename must not be empty")
    if len(name.encode()) > 255:
        raise invalid("spacename must not be longer than 255 bytes")
    if NOT_IN_SPACE_NAMES & set(name):
        raise invalid('spacenames must not contain / \\ . : ? * " > < |')
