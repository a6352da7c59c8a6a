"""A tenant is terminated while it is being made: it ends gone everywhere, and nothing brings it back."""

from __future__ import annotations

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from tests.simulation import estate
from tests.simulation.network import Calm


class Overtaken(Calm):
    """After the first write to the vendor, `then` happens."""

    def __init__(self, then) -> None:
        super().__init__()
        self._then = [then]

    def after(self, integration, arrival):
        if arrival.is_write and self._then:
            self._then.pop()()


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_que_17_a_tenant_that_is_terminated_while_it_is_made_ends_gone(integration):
    place = estate.Estate(integration)
    nothing = place.count()

    overtaken = place.run(Overtaken(lambda: estate.terminated(place)))

    assert overtaken.kind == "later"
    assert (place.tenant.lifecycle, place.tenant.is_converged) == ("terminated", False)
    place.settle()
    estate.purged(place)
    place.settle()
    assert place.count() == nothing
    assert place.tenant.provisioning.of(integration).state == "removed"
    assert place.run(Calm()).kind == "skipped"
