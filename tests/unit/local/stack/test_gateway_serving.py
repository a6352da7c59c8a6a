"""How the gateway serves: side by side, without a delay, and until the last request has its answer."""

import http.client
import json
import socket
import threading
import time

import pytest
from chalice.app import Chalice

from infra.local.gateway import serve
from tests.unit.local.stack.test_gateway_requests import answer_to


def test_requests_are_answered_side_by_side_each_with_its_own():
    app, all_inside, seen = Chalice("toy"), threading.Barrier(4, timeout=10), {}

    @app.route("/")
    def meet():
        all_inside.wait()
        return {"q": app.current_request.query_params["q"], "left": app.lambda_context.aws_request_id}

    def ask(gateway, number):
        client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        seen[number] = json.loads(answer_to(client, "GET", f"/?q={number}")[1])
        client.close()

    with serve(app) as gateway:
        threads = [threading.Thread(target=ask, args=(gateway, number)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert {number: answer["q"] for number, answer in seen.items()} == {n: str(n) for n in range(4)}
    assert len({answer["left"] for answer in seen.values()}) == 4


def test_a_kept_connection_answers_without_a_delay(client):
    answer_to(client, "GET", "/open")

    before = time.monotonic()
    for _ in range(30):
        answer_to(client, "GET", "/open")

    assert time.monotonic() - before < 0.6  # 30 answers delayed by Nagle take 1.2 s


def test_stopping_lets_a_request_under_way_end_and_frees_the_port():
    entered, release = threading.Event(), threading.Event()
    app = Chalice("slow")

    @app.route("/")
    def slow():
        entered.set()
        release.wait(10)
        return {"ok": True}

    gateway = serve(app)
    gateway.start()
    answers = []
    client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    asking = threading.Thread(target=lambda: answers.append(answer_to(client, "GET", "/")))
    asking.start()
    entered.wait(10)
    stopping = threading.Thread(target=gateway.stop)
    stopping.start()
    stopping.join(0.3)
    is_waiting = stopping.is_alive()
    release.set()
    stopping.join(10)
    asking.join(10)
    client.close()

    assert is_waiting
    assert [answer.status for answer, _ in answers] == [200]
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", gateway.port), timeout=5)


def test_stopping_is_prompt_with_an_idle_connection_and_harmless_twice(gateway, client):
    answer_to(client, "GET", "/open")

    before = time.monotonic()
    gateway.stop()
    gateway.stop()

    assert time.monotonic() - before < 0.5
