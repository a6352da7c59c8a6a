"""The `attributes` filter of groups and users: a JSON object whose keys are look-ups into the attributes.

Source   authentik API 2026.5, core_groups_list and core_users_list, parameter `attributes`
"""

import json
from collections.abc import Sequence
from typing import Any

from infra.local.identity.fields import Record
from infra.local.identity.refusals import RefusedError

MISSING = object()


def with_attributes(records: Sequence[Record], wanted: str) -> Sequence[Record]:
    """Those whose attributes hold every wanted value. Raises RefusedError 400 for what is no JSON object."""
    if not wanted:
        return records
    looked_up = _look_ups(wanted)
    return [
        record
        for record in records
        if all(_found(record["attributes"], path) == value for path, value in looked_up.items())
    ]


def _look_ups(wanted: str) -> Record:
    try:
        parsed = json.loads(wanted)
    except ValueError as error:
        raise RefusedError(400, ["filter: failed to parse JSON"]) from error
    if not isinstance(parsed, dict):
        raise RefusedError(400, ["filter: value must be key:value mapping"])
    return parsed


def _found(attributes: Any, path: str) -> Any:
    """What stands at `a__b`: `__` walks into nested objects, as in Django's JSON look-ups."""
    for step in path.split("__"):
        if not isinstance(attributes, dict) or step not in attributes:
            return MISSING
        attributes = attributes[step]
    return attributes
