"""Step: one thing that a reconcile would do, as a plain value."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import AfterValidator

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.wanted import Wanted

Risk = Literal["safe", "disruptive", "destructive"]  # nobody notices; people are locked out; data is gone
Observed = TypeVar("Observed")
LONGEST = 500  # characters of a sentence: names that others gave at a vendor may stand in it


def _shown(sentence: str) -> str:
    """The same without characters that cannot be seen, or that turn others round; cut when it is too long."""
    plain = sentence if sentence.isprintable() else "".join(filter(str.isprintable, sentence))
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


class Step(Model):
    """
    action     what the connector's `apply` looks at: "create-group"
    sentence   for people, in one line: "Create the group dezky-t-acme"
    target     the vendor's id or name of the object
    arguments  whatever else the call needs; plain values only, never a secret
    makes      what is written down as begun before it is done, for what a later look might not find by itself
    """

    action: str
    sentence: Annotated[str, AfterValidator(_shown)]
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
