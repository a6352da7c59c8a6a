"""Each vendor's names for our requests are in the record of the run that made them."""

from __future__ import annotations

import re

import pytest

from tests.builders import a_tenant
from tests.contract.connectors.authentik_bench import an_authentik
from tests.contract.connectors.ocis_bench import ocis_bench
from tests.contract.connectors.stalwart_bench import a_stalwart
from tests.fakes_reconcile import Stage

# Stalwart gives its requests no id that it tells: a proxy before it may.
BENCHES = {"authentik": (an_authentik, r"[0-9a-f]{32}"), "ocis": (ocis_bench, r"ocis/[0-9a-f]{10}-[0-9]{6}")}


@pytest.mark.parametrize("vendor", BENCHES)
def test_a_run_names_what_it_wrote_as_the_vendor_does(vendor):
    bench, pattern = BENCHES[vendor]
    with bench() as running:
        stage = Stage(a_tenant(slug="nova", domains=("nova.test",)), running.connector)
        stage.run()
        writes = [each for each in running.writes() if each["status"]]

    (run,) = stage.runs.added
    assert [(each.method, each.status) for each in run.requests] == [
        (each["method"], each["status"]) for each in writes
    ]
    assert len({each.id for each in run.requests}) == len(run.requests) > 0
    assert all(re.fullmatch(pattern, each.id) for each in run.requests)


def test_stalwart_tells_no_ids_and_a_run_does_without():
    with a_stalwart() as running:
        stage = Stage(a_tenant(slug="nova", domains=("nova.test",)), running.connector)
        stage.run()

    assert stage.runs.added[0].requests == ()
