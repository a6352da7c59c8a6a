"""Stalwart's emulator, and what tests ask it behind the connector's back."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from infra.local.emulators.server import serve
from infra.local.emulators.stalwart import StalwartSettings, create_app
from tests.contract.connectors.conftest import TIMEOUT, Bench

KEY = "API_a-key-for-tests"


def connector_to(url: str, key: str = KEY) -> StalwartConnector:
    api = Api(endpoint(url, key), Patience(connect=1, read=2, total=4), sleep=lambda _: None)
    return StalwartConnector(Stalwart(Jmap(api)))


@contextmanager
def a_stalwart() -> Iterator[Bench]:
    with serve(create_app(StalwartSettings(KEY, None, dkim_delay=0.0)), port=0) as server:

        def ask(method, path, **more):
            answer = requests.request(method, f"{server.url}{path}", timeout=TIMEOUT, **more)
            assert answer.status_code == 200, answer.text
            return answer

        yield Bench(server.url, connector_to(server.url), ask)


def objects(bench, kind="Domain"):
    return bench.ask("GET", "/_world").json()["objects"][kind]


def names(bench):
    return sorted(domain["name"] for domain in objects(bench).values())


def a_domain(bench, name, description, **more):
    draft = {"name": name, "description": description, **more}
    return bench.ask("POST", "/_sabotage", json={"deed": "create", "kind": "Domain", "object": draft}).json()[
        "id"
    ]


def many_domains(bench, by_key, description):
    drafts = {key: {"name": name, "description": description} for key, name in by_key.items()}
    call = ["x:Domain/set", {"create": drafts}, "c0"]
    body = {"using": ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"], "methodCalls": [call]}
    bench.ask("POST", "/jmap", json=body, headers={"Authorization": f"Bearer {KEY}"})


def domains(number):
    return tuple(f"d{each:02}.test" for each in range(number))
