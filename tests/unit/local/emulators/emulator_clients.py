"""Clients of the emulators, in process, and the few objects that most tests begin with."""

import base64

from flask import Flask, jsonify, request
from flask.testing import FlaskClient

from infra.local.emulators.manners import add_manners
from infra.local.emulators.ocis import OcisSettings, roles

KEY = "API_test"
USING = ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"]
LISTED = {"@type": "Merge", "enabledPermissions": {}}
PUBLIC = "http://files.test"
NAME, TOKEN = "platform", "app-token"
SETTINGS = OcisSettings(NAME, TOKEN, PUBLIC, None)
UNKNOWN = "00000000-0000-0000-0000-000000000000"
JMAP_SET = {"using": [], "methodCalls": [["x:Domain/get", {}, "a"], ["x:Domain/set", {}, "b"]]}
JMAP_GET = {"using": [], "methodCalls": [["x:Domain/query", {}, "a"], ["x:Domain/get", {}, "b"]]}


class Mail:
    """A client that speaks JMAP to the emulator's app, in process."""

    def __init__(self, app):
        self.app, self.http = app, app.test_client()

    def post(self, calls, **more):
        body = {"using": USING, "methodCalls": calls}
        return self.http.post("/jmap", json=body, headers={"Authorization": f"Bearer {KEY}"}, **more)

    def calls(self, *calls):
        return self.post([[name, arguments, str(n)] for n, (name, arguments) in enumerate(calls)]).json[
            "methodResponses"
        ]

    def call(self, name, arguments):
        return self.calls((name, arguments))[0][1]

    def create(self, kind, **fields):
        return self.call(f"x:{kind}/set", {"create": {"k": fields}})["created"]["k"]["id"]

    def refused(self, kind, **fields):
        return self.call(f"x:{kind}/set", {"create": {"k": fields}})["notCreated"]["k"]

    def update(self, kind, identity, **patch):
        return self.call(f"x:{kind}/set", {"update": {identity: patch}})

    def one(self, kind, identity):
        return self.call(f"x:{kind}/get", {"ids": [identity]})["list"][0]

    def ids(self, kind, **filters):
        return self.call(f"x:{kind}/query", {"filter": filters})["ids"]

    def is_allowed(self, account, action):
        return self.http.post("/_try", json={"account": account, "action": action}).json["allowed"]


def a_domain(mail, name="acme.test", **fields):
    return mail.create("Domain", name=name, **fields)


def an_account(mail, domain, name="ada", **fields):
    return mail.create("Account", **{"@type": "User", "name": name, "domainId": domain, **fields})


def the_full_account(domain, **fields):
    """An account exactly as a client writes all of it."""
    return {
        "@type": "User",
        "name": "ada",
        "domainId": domain,
        "description": "Ada",
        "roles": {"@type": "User"},
        "permissions": {"@type": "Inherit"},
        "quotas": {"maxDiskQuota": 1000},
        "aliases": {"0": {"enabled": True, "name": "ada", "domainId": domain}},
        "credentials": {},
        "memberGroupIds": {},
        "encryptionAtRest": {"@type": "Disabled"},
        **fields,
    }


class Files:
    """A client of the Graph API, in process."""

    def __init__(self, app):
        self.http = app.test_client()
        self.header = "Basic " + base64.b64encode(f"{NAME}:{TOKEN}".encode()).decode()

    def send(self, method, path, json=None, **headers):
        headers = {"Authorization": self.header, **headers}
        return self.http.open(f"/graph{path}", method=method, json=json, headers=headers)

    def get(self, path):
        return self.send("GET", path)

    def values(self, path):
        return self.get(path).json["value"]

    def user(self, name="ada", **fields):
        body = {
            "onPremisesSamAccountName": name,
            "displayName": name.title(),
            "mail": "a@acme.test",
            **fields,
        }
        answer = self.send("POST", "/v1.0/users", body)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    def group(self, name="dezky-t-acme"):
        return self.send("POST", "/v1.0/groups", {"displayName": name}).json["id"]

    def space(self, name="Acme", **fields):
        answer = self.send("POST", "/v1.0/drives", {"name": name, **fields})
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    def invite(self, space, recipient, kind="group", role=roles.EDITOR):
        recipients = [{"objectId": recipient, "@libre.graph.recipient.type": kind}]
        return self.send(
            "POST", f"/v1beta1/drives/{space}/root/invite", {"recipients": recipients, "roles": [role]}
        )

    def log_in(self, name, **more):
        return self.http.post("/_login", json={"username": name, **more})

    def sabotage(self, **deed):
        return self.http.post("/_sabotage", json=deed)


def error_of(answer):
    return answer.status_code, answer.json["error"]["code"]


def an_app(unguarded: tuple[str, ...] = ()) -> Flask:
    """A vendor that keeps names; `app.config["names"]` is what it holds."""
    app = Flask("vendor")
    app.config["names"] = ["acme"]

    @app.get("/names")
    def names():
        return jsonify(results=app.config["names"], pagination={"count": 1, "next": 0})

    @app.post("/names")
    def add_name():
        app.config["names"].append(request.get_json()["name"])
        return jsonify(id="7"), 201

    @app.delete("/names")
    def forget():
        app.config["names"].clear()
        return "", 204

    @app.get("/oauth/keys")
    def keys():
        return jsonify(keys=[])

    @app.post("/jmap")
    def jmap():
        result = {"ids": ["a"], "list": [{"id": "a"}], "total": 1}
        return jsonify(methodResponses=[["x:Domain/get", result, "0"]], sessionState="0")

    add_manners(app, unguarded=unguarded)
    return app


def switch_on(vendor: FlaskClient, fault: str, **more: object) -> str:
    answer = vendor.post("/_faults", json={"fault": fault, **more})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def journal(vendor: FlaskClient, query: str = "") -> list[dict]:
    return vendor.get(f"/_requests{query}").json["requests"]
