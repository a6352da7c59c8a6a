"""One statement of a policy."""

from __future__ import annotations

from infra.aws.template.model import Json


def allow(actions: tuple[str, ...], resources: list[Json]) -> Json:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}
