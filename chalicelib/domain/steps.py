"""Step: one thing that a reconcile would do, as a plain value."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeVar

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.wanted import Wanted

Risk = Literal["safe", "disruptive", "destructive"]  # nobody notices; people are locked out; data is gone
Observed = TypeVar("Observed")


class Step(Model):
    """
    action     what the connector's `apply` looks at: "create-group"
    sentence   for people: "Create the group dezky-t-acme"
    target     the vendor's id or name of the object
    arguments  whatever else the call needs; plain values only, never a secret
    makes      what is written down as begun before it is done, for what a later look might not find by itself
    """

    action: str
    sentence: str
    risk: Risk = "safe"
    target: str = ""
    arguments: dict[str, Any] = {}
    makes: str = ""


class Connector(Protocol[Observed]):
    """One integration's four parts: look, compare, act, and look again.

    Each may raise any IntegrationFailure. `diff` is pure: same arguments, same steps, no calls.
    """

    integration: Integration

    def observe(self, tenant: Wanted) -> Observed:
        """What is there now, of this tenant only. A suspicious answer raises TryLater, never "nothing"."""

    def diff(self, tenant: Wanted, observed: Observed) -> tuple[Step, ...]:
        """What has to be done, in order; nothing when all is as it should be."""

    def apply(self, tenant: Wanted, step: Step) -> None:
        """Do it. Safe to repeat, also when an earlier try was cut off in the middle."""

    def ids(self, observed: Observed) -> dict[str, str]:
        """The vendor's own ids, for people; always rebuilt from markers and names."""
