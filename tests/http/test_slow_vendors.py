"""INT-21: while vendors take for ever, the API answers as always."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.repositories.tenants import Tenants
from tests.builders import an_active_tenant

ASKING = 8  # people who look at a plan while the vendors are slow
BOUND = 1.0  # seconds within which nearly all answers are there, on a laptop that does other things as well


@pytest.fixture
def slow(vendors):
    """Vendors that answer no look until the event is set."""
    answered = threading.Event()
    for each in INTEGRATIONS:
        vendors[each].observe = lambda tenant: (answered.wait(30), ())[1]
    yield answered
    answered.set()


def asked(api, path, by):
    """On a connection of its own, as each person has one."""
    return requests.get(api.url + path, headers={"Authorization": f"Bearer {by.token}"}, timeout=60)


def test_int_21_what_needs_no_vendor_waits_for_none(api, slow):
    operator = api.operator()
    Tenants(api.mongo).add(an_active_tenant())
    api.get("/me", operator)

    with ThreadPoolExecutor(ASKING) as people:
        plans = [people.submit(asked, api, "/tenants/acme/plan", operator) for _ in range(ASKING)]
        time.sleep(0.2)
        took = []
        for path in ("/tenants", "/tenants/acme", "/attention", "/stats", "/tenants/acme/runs") * 4:
            began = time.monotonic()
            assert asked(api, path, operator).status_code == 200
            took.append(time.monotonic() - began)
        waiting = sum(not each.done() for each in plans)
        slow.set()

    assert waiting == ASKING
    assert sorted(took)[int(len(took) * 0.95) - 1] < BOUND
    assert {each.result().status_code for each in plans} == {200}


def test_int_21_what_is_asked_for_meanwhile_is_accepted_at_once(api, slow):
    operator = api.operator()

    made = api.post("/tenants", operator, {"slug": "acme", "name": "Acme", "domains": ["acme.test"]})
    asked_for = api.post("/tenants/acme/reconcile", operator)

    assert (made.status_code, asked_for.status_code) == (201, 202)
    assert not slow.is_set()
