"""What a reconcile would do, and how that differs from what someone has approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.portal.views.provisioning import NAMES

PARTS = ("what is wanted", *NAMES.values())  # of a digest, in this order


def moved(approved: str, digest: str) -> list[str]:
    """What differs between two digests of plans, in words; nothing when they are the same."""
    then, now = approved.split("."), digest.split(".")
    if len(then) != len(now) or len(now) != len(PARTS):
        return list(PARTS)
    return [name for name, a, b in zip(PARTS, then, now, strict=True) if a != b]


def risks(plan: Mapping[str, Any]) -> set[str]:
    return {step["risk"] for each in plan["integrations"] for step in each["steps"]}


def step_count(plan: Mapping[str, Any]) -> int:
    return sum(len(each["steps"]) for each in plan["integrations"])


def is_whole(plan: Mapping[str, Any]) -> bool:
    """Something can be said about every integration: nothing else can be approved."""
    return not any(each["problem"] for each in plan["integrations"])
