"""Authentik's part of a tenant: its group, its people's accounts, and the applications they may use."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.authentik.acts import Acts
from chalicelib.integrations.authentik.client import Authentik
from chalicelib.integrations.authentik.observed import Observed, observe, observe_rest
from chalicelib.integrations.authentik.plan import life_steps, purge_steps


class AuthentikConnector:
    """
    shared   slugs of the applications that only tenants' groups may use. One that is named here is
             closed to everybody without a binding, so an application that is open to all is not.
    """

    integration: Integration = "authentik"

    def __init__(self, authentik: Authentik, shared: Sequence[str] = ()) -> None:
        self._authentik = authentik
        self._acts = Acts(authentik)
        self._shared = tuple(shared)

    def observe(self, tenant: Wanted) -> Observed:
        look = observe_rest if tenant.purging else observe
        return look(self._authentik, tenant, self._shared)

    def diff(self, tenant: Wanted, observed: Observed) -> tuple[Step, ...]:
        """Nothing is raised here: what needs a person, or another tenant, is the last step."""
        return purge_steps(tenant, observed) if tenant.purging else life_steps(tenant, observed)

    def apply(self, tenant: Wanted, step: Step) -> None:
        self._acts.do(tenant, step)

    def ids(self, observed: Observed) -> dict[str, str]:
        return {"group": observed.team.pk} if observed.team else {}
