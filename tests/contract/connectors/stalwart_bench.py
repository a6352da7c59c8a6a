"""Stalwart's emulator, and what tests ask it behind the connector's back."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from infra.local.emulators.server import serve
from infra.local.emulators.stalwart import StalwartSettings, create_app
from tests.builders import a_person
from tests.contract.connectors.conftest import TIMEOUT, Bench

KEY = "API_a-key-for-tests"


def connector_to(url: str, key: str = KEY) -> StalwartConnector:
    return StalwartConnector(client_to(url, key))


def client_to(url: str, key: str = KEY) -> Stalwart:
    return Stalwart(Jmap(Api(endpoint(url, key), Patience(connect=1, read=2, total=4), sleep=lambda _: None)))


def client_of(bench: Bench) -> Stalwart:
    return client_to(bench.url)


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


def mailboxes(bench):
    """Accounts by address."""
    domain = {identity: each["name"] for identity, each in objects(bench).items()}
    return {f"{each['name']}@{domain[each['domainId']]}": each for each in objects(bench, "Account").values()}


def may(bench, address):
    """What the server lets the address do."""
    actions = ("authenticate", "emailSend", "emailReceive")
    tries = {each: bench.ask("POST", "/_try", json={"account": address, "action": each}) for each in actions}
    return {action for action, answer in tries.items() if answer.json()["allowed"]}


EVERYTHING = {"authenticate", "emailSend", "emailReceive"}


def sabotage(bench, deed, kind, **more):
    return bench.ask("POST", "/_sabotage", json={"deed": deed, "kind": kind, **more}).json()["id"]


def a_domain(bench, name, description, **more):
    return sabotage(bench, "create", "Domain", object={"name": name, "description": description, **more})


def a_mailbox(bench, address, kind="User", **more):
    """An account that somebody makes by hand."""
    name, _, domain = address.partition("@")
    (identity,) = (key for key, each in objects(bench).items() if each["name"] == domain)
    draft = {"@type": kind, "name": name, "domainId": identity, **more}
    return sabotage(bench, "create", "Account", object=draft)


def change(bench, address, **change):
    """Change an account by hand."""
    wanted = mailboxes(bench)[address]
    (identity,) = (key for key, each in objects(bench, "Account").items() if each == wanted)
    sabotage(bench, "change", "Account", id=identity, change=change)


def known(tenant, ids):
    """The same tenant, with the ids that its last look wrote down."""
    return tenant.with_(provisioning=Provisioning(stalwart=IntegrationStatus(ids=ids)))


def everything(bench):
    return {kind: objects(bench, kind) for kind in ("Domain", "Account", "DkimSignature")}


def seen(bench):
    """Names of domains, and what matters of each account."""
    accounts = {
        address: (each["description"], each["quotas"], each["permissions"])
        for address, each in mailboxes(bench).items()
    }
    return names(bench), accounts


def many_domains(bench, by_key, description):
    drafts = {key: {"name": name, "description": description} for key, name in by_key.items()}
    jmap(bench, "x:Domain/set", {"create": drafts})


def many_mailboxes(bench, names, domain):
    jmap(
        bench,
        "x:Account/set",
        {"create": {each: {"@type": "User", "name": each, "domainId": domain} for each in names}},
    )


def jmap(bench, method, arguments):
    body = {
        "using": ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"],
        "methodCalls": [[method, arguments, "c0"]],
    }
    bench.ask("POST", "/jmap", json=body, headers={"Authorization": f"Bearer {KEY}"})


def domains(number):
    return tuple(f"d{each:02}.test" for each in range(number))


def people(number):
    return [a_person(f"p{each:03}@acme.test", name=f"Person {each}") for each in range(number)]
