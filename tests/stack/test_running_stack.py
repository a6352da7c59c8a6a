"""The platform as `make run` starts it: real HTTP, real tokens, real queues, one laptop."""

import os
import signal
import time

import pytest
import requests

from infra.local.demo_data import PARTNERS, SUSPENDED, TENANTS
from infra.local.waiting import is_answered, until


def test_it_is_ready_and_says_so(stack):
    answer = requests.get(f"{stack.gateway_url}/health/ready", timeout=20)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_without_a_good_token_nobody_gets_in(stack, headers):
    answer = requests.get(f"{stack.gateway_url}/tenants", headers=headers, timeout=20)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_operator_finds_the_demo_data(signed_in):
    operator = signed_in()

    tenants = {each["slug"]: each for each in operator.get("/tenants").json()["items"]}
    partners = {each["slug"] for each in operator.get("/partners").json()["items"]}

    assert {body["slug"] for body in TENANTS} <= set(tenants)
    assert {body["slug"] for body in PARTNERS} <= partners
    assert {slug for slug, each in tenants.items() if each["status"] == "suspended"} == set(SUSPENDED)


def test_support_has_a_token_but_no_rights(signed_in):
    answer = signed_in("support@dezky.local").get("/partners")

    assert (answer.status_code, answer.json()["code"]) == (403, "operator-rights-required")


def test_owner_and_member_belong_to_acme_only(signed_in):
    for address, role in (("owner@acme.test", "owner"), ("member@acme.test", "member")):
        person = signed_in(address, "dezky-portal")

        slugs = [each["slug"] for each in person.get("/tenants").json()["items"]]

        assert slugs == ["acme"], role


def test_a_new_tenant_is_provisioned_by_the_worker(signed_in):
    operator = signed_in()
    body = {"slug": "stack-new", "name": "Stack New", "domains": ["stack-new.example"], "plan": "starter"}

    created = operator.post("/tenants", body)
    is_active = until(lambda: operator.get("/tenants/stack-new").json()["status"] == "active", 20)

    assert created.status_code == 201
    assert is_active, operator.get("/tenants/stack-new").json()


def test_a_kept_connection_answers_fast(stack):
    with requests.Session() as session:
        session.get(f"{stack.gateway_url}/health", timeout=20)

        before = time.monotonic()
        for _ in range(20):
            session.get(f"{stack.gateway_url}/health", timeout=20)

    assert time.monotonic() - before < 0.6  # 20 answers delayed by Nagle take 0.8 s


def test_ctrl_c_stops_it_all_and_the_next_start_finds_its_data(start_stack, own_settings):
    first = start_stack(own_settings)
    first.wait_until_ready()
    code, seconds = first.press_ctrl_c()
    left = first.is_anything_left()

    second = start_stack(own_settings)
    again = second.wait_until_ready()
    has_filled_again = (own_settings.folder / "logs" / "demo.log").stat().st_mtime > time.time() - again
    ended, _ = second.press_ctrl_c()

    assert (code, left, ended) == (0, False, 0)
    assert seconds < 5
    assert again < 10
    assert not has_filled_again


def test_a_killed_supervisor_takes_everything_with_it(start_stack, own_settings):
    running = start_stack(own_settings)
    until(lambda: is_answered(own_settings.mongodb_port) and is_answered(own_settings.aws_port), 20)

    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait(5)

    ports = own_settings.ports().values()
    assert until(lambda: not any(map(is_answered, ports)), 5)


def test_a_taken_port_is_said_in_one_sentence(start_stack, stack, own_settings):
    taken = stack.identity_port
    running = start_stack(type(own_settings)(**{**vars(own_settings), "identity_port": taken}))

    assert running.process.wait(10) == 1
    assert running.said.count("\n") == 1
    assert f"Port {taken} is taken by another program; move it with IDENTITY_PORT" in running.said
