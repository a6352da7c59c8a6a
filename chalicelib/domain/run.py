"""Run: one look at an integration of a tenant that did or tried something, as people read about it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Risk

KEPT = timedelta(days=90)
MOST_STEPS = 50

RunOutcome = Literal["done", "skipped", "later", "blocked", "gone", "broken"]
RUN_OUTCOMES: tuple[RunOutcome, ...] = get_args(RunOutcome)


class RunStep(Model):
    """What was done, without the arguments that it was done with."""

    sentence: str
    risk: Risk


class VendorRequest(Model):
    """Something that was written, or that failed, as the vendor's own log names it."""

    id: str
    method: str
    status: int


class Run(Model):
    """Added once, never changed.

    run_id      of the hint that asked for it: one hint may need several runs. The first has it as its id
    reason      why the look was asked for: "tenant.change", "sweep"
    steps       the first MOST_STEPS of `step_count`
    found       when it was drift: what was different, in sentences
    requests    the last of those that the vendor gave an id
    expires_at  None keeps it for ever: the proof of a purge
    """

    id: str
    run_id: str
    tenant_id: str
    integration: Integration
    generation: int
    reason: str = ""
    started_at: datetime
    duration_ms: int
    outcome: RunOutcome
    code: str = ""
    message: str = ""
    steps: tuple[RunStep, ...] = ()
    step_count: int = 0
    drift: bool = False
    found: tuple[str, ...] = ()
    requests: tuple[VendorRequest, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunFilter:
    tenant_id: str
    integration: Integration | None = None
    outcome: RunOutcome | None = None
    run_id: str | None = None
