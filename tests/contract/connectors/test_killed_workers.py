"""A worker is killed before or after each of its calls; the next one finishes, and nothing is there twice."""

from collections.abc import Iterator
from functools import partial

import pytest
import requests

from chalicelib.integrations.authentik.client import Authentik
from chalicelib.integrations.authentik.client import endpoint as authentik_endpoint
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis
from chalicelib.integrations.ocis.client import endpoint as ocis_endpoint
from chalicelib.integrations.ocis.connector import OcisConnector
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap
from chalicelib.integrations.stalwart.jmap import endpoint as stalwart_endpoint
from chalicelib.reconcile.reconciler import Reconciler
from infra.local.emulators import ocis, stalwart
from infra.local.emulators.server import serve
from infra.local.identity.app import create_app as create_identity
from infra.local.identity.settings import IdentitySettings
from tests.builders import a_tenant, an_id
from tests.contract.connectors.conftest import TIMEOUT, Bench
from tests.fakes import FakeClock, FakeRoster, FakeTenants

SECRET = "a-secret-for-tests"
MOST_CALLS = 12  # more than any of these runs makes


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class MortalApi(Api):
    """An Api that takes its process with it at the call of the given number."""

    def __init__(self, endpoint, dies_at: int, dies: str) -> None:
        super().__init__(endpoint, sleep=lambda _: None)
        self._left = dies_at
        self._dies = dies

    def send(self, call):
        self._left -= 1
        if self._left == 0 and self._dies == "before":
            raise Killed
        answer = super().send(call)
        if self._left == 0:
            raise Killed
        return answer


def authentik_at(url, mortal):
    return AuthentikConnector(Authentik(mortal(authentik_endpoint(url, SECRET))))


def stalwart_at(url, mortal):
    return StalwartConnector(Stalwart(Jmap(mortal(stalwart_endpoint(url, SECRET)))))


def ocis_at(url, mortal):
    return OcisConnector(Ocis(mortal(ocis_endpoint(url, "platform", SECRET))))


VENDORS = {
    "authentik": (
        lambda: create_identity(IdentitySettings("http://localhost:9000", SECRET, None, {})),
        authentik_at,
    ),
    "stalwart": (
        lambda: stalwart.create_app(stalwart.StalwartSettings(SECRET, None, dkim_delay=0.0)),
        stalwart_at,
    ),
    "ocis": (
        lambda: ocis.create_app(ocis.OcisSettings("platform", SECRET, "http://localhost", None)),
        ocis_at,
    ),
}


@pytest.fixture(params=VENDORS)
def vendor(request) -> Iterator[tuple]:
    create, connector_at = VENDORS[request.param]
    with serve(create(), port=0) as server:
        yield request.param, Bench(server.url, None, requests.get), partial(connector_at, server.url)


@pytest.mark.parametrize("dies", ["before", "after"])
def test_que_07_a_worker_killed_at_any_call_is_made_good_by_the_next(vendor, dies):
    integration, bench, connector_at = vendor
    before = a_tenant(domains=("acme.test", "old.test"))
    changed = before.with_(domains=("acme.test", "new.test"), plan="business", name="Acme 2")
    tenants, clock, deaths = FakeTenants(before), FakeClock(), 0

    def run(dies_at=0):
        connectors = {integration: connector_at(lambda endpoint: MortalApi(endpoint, dies_at, dies))}
        return Reconciler(tenants, FakeRoster(), connectors, clock, an_id, lambda: 0.5).reconcile(
            integration, before.id
        )

    for wished in (before, changed):
        tenants.stored[before.id] = wished.with_(revision=tenants.stored[before.id].revision)
        for dies_at in range(1, MOST_CALLS):
            try:
                run(dies_at)
            except Killed:
                deaths += 1
            clock.move(61)
        assert run().kind == "done"

    bench.forget()
    assert run().kind == "done"
    assert bench.writes() == []
    assert deaths >= 4
    assert objects_of(integration, bench) == 1 + (integration == "stalwart")


def objects_of(integration: str, bench: Bench) -> int:
    """How many objects the vendor holds for the tenant."""
    if integration == "authentik":
        headers = {"Authorization": f"Bearer {SECRET}"}
        address = f"{bench.url}/api/v3/core/groups/?search=dezky-t-"
        return len(requests.get(address, headers=headers, timeout=TIMEOUT).json()["results"])
    counts = requests.get(f"{bench.url}/_world", auth=("platform", SECRET), timeout=TIMEOUT).json()["counts"]
    return counts["Domain"] if integration == "stalwart" else counts["spaces"]
