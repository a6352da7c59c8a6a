import threading
import time

import pytest
import requests
from flask import Flask, jsonify

from infra.local.emulators.manners import add_manners
from infra.local.emulators.server import serve


def an_app() -> Flask:
    app = Flask("vendor")
    app.config["names"] = []

    @app.get("/names")
    def names():
        return jsonify(results=app.config["names"])

    @app.post("/names")
    def add_name():
        app.config["names"].append("globex")
        return jsonify(id="7"), 201

    add_manners(app)
    return app


@pytest.fixture
def app():
    return an_app()


@pytest.fixture
def server(app):
    with serve(app, 0) as server:
        yield server


@pytest.fixture
def client():
    with requests.Session() as session:
        yield session


def switch_on(server, **fault):
    assert requests.post(f"{server.url}/_faults", json=fault, timeout=5).status_code == 201


def test_a_free_port_is_taken_when_none_is_named(server):
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}"


def test_a_connection_is_kept_for_the_next_request(server, client):
    ports = []
    for _ in range(3):
        with client.get(f"{server.url}/names", timeout=5, stream=True) as answer:
            ports.append(answer.raw.connection.sock.getsockname()[1])
            assert answer.json() == {"results": []}

    assert len(set(ports)) == 1


def test_a_kept_connection_answers_without_a_delay(server, client):
    client.get(f"{server.url}/names", timeout=5)

    before = time.monotonic()
    for _ in range(20):
        client.post(f"{server.url}/names", json={}, timeout=5)

    assert time.monotonic() - before < 0.6  # 20 answers delayed by Nagle take 0.8 s


@pytest.mark.parametrize(
    ("kind", "expected"), [("down", []), ("drop-before-commit", []), ("drop-after-commit", ["globex"])]
)
def test_a_drop_ends_the_connection_without_an_answer(app, server, client, kind, expected):
    client.get(f"{server.url}/names", timeout=5)
    switch_on(server, fault=kind, times=1)

    with pytest.raises(requests.ConnectionError):
        client.post(f"{server.url}/names", json={}, timeout=5)

    assert app.config["names"] == expected
    assert client.get(f"{server.url}/names", timeout=5).status_code == 200


def test_a_truncated_answer_ends_in_the_middle_of_the_body(server, client):
    switch_on(server, fault="truncate", times=1)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.get(f"{server.url}/names", timeout=5)


def test_clearing_a_slow_fault_lets_waiting_requests_go_on(server, client):
    switch_on(server, fault="slow", seconds=60)
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(client.get(f"{server.url}/names", timeout=30)))
    waiting.start()

    while waiting.is_alive():
        requests.delete(f"{server.url}/_faults", timeout=5)
        waiting.join(0.05)

    assert answers[0].status_code == 200


def test_requests_are_answered_side_by_side(server):
    switch_on(server, fault="slow", seconds=0.3)
    threads = [
        threading.Thread(target=requests.get, args=(f"{server.url}/names",), kwargs={"timeout": 5})
        for _ in range(8)
    ]

    before = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - before < 1.5  # one after the other they take 2.4 s


def test_stopping_is_prompt_with_a_kept_connection_and_frees_the_port(app, client):
    server = serve(app, 0)
    server.start()
    client.get(f"{server.url}/names", timeout=5)

    before = time.monotonic()
    server.stop()

    assert time.monotonic() - before < 0.5
    with pytest.raises(requests.ConnectionError):
        client.get(f"{server.url}/names", timeout=5)
    serve(app, server.port).stop()


def test_stopping_twice_or_before_the_start_is_harmless(app):
    server = serve(app, 0)

    server.stop()
    server.stop()
