import http.client

import pytest
from chalice.app import AuthResponse, Chalice, CORSConfig, Response

from infra.local.gateway import serve


class Asked:
    """What the toy app's authorizer and handlers saw."""

    def __init__(self):
        self.tokens = []
        self.fail_with = None
        self.answer = None


def a_toy_app(asked):
    app = Chalice("toy")

    @app.authorizer(ttl_seconds=60)
    def guard(request):
        asked.tokens.append(request.token)
        if asked.fail_with is not None:
            raise asked.fail_with
        context = {"verified": True, "count": 3, "name": "Ö"}
        usual = AuthResponse(routes=["*"], principal_id="olivia", context=context)
        return usual if asked.answer is None else asked.answer

    @app.route("/open")
    def open_to_all():
        return {"ok": True}

    add_guarded_routes(app, guard)
    add_special_routes(app)
    return app


def add_guarded_routes(app, guard):
    @app.route("/guarded", authorizer=guard, methods=["GET", "POST"])
    def guarded():
        return app.current_request.context["authorizer"]

    @app.route("/names/{name}", authorizer=guard)
    def named(name):
        return {"name": name}


def add_special_routes(app):
    @app.route("/names/all")
    def all_names():
        return {"all": True}

    @app.route("/event", methods=["GET", "POST", "PUT"], content_types=["application/json", "image/png"])
    def event():
        return app.current_request.to_original_event()

    @app.route("/shared", cors=CORSConfig(allow_origin="https://portal.example"))
    def shared():
        return {}

    @app.route("/cookies")
    def cookies():
        return Response("", headers={"Set-Cookie": ["a=1", "b=2"], "Location": "/x"}, status_code=302)

    @app.route("/nothing")
    def nothing():
        return Response("", status_code=204)

    @app.route("/bad-header")
    def bad_header():
        return Response("", headers={"X-Name": "Ł"})


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def app(asked):
    return a_toy_app(asked)


@pytest.fixture
def gateway(app):
    with serve(app) as gateway:
        yield gateway


@pytest.fixture
def client(gateway):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    yield connection
    connection.close()
