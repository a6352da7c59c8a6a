"""Pages of other origins send forms to the portal with the operator's own browser: nothing comes of it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

HEAD = '<!doctype html><link rel="icon" href="data:,">'
FORM = HEAD + '<form method="post" enctype="{enctype}" action="{action}">{fields}</form>'
FIELD = '<input name="{name}" value="{value}">'


@pytest.fixture
def elsewhere():
    """Serve a page of somebody else's: `elsewhere(html)` says on which port of this machine."""
    servers = []

    def serve(html):
        class Page(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def target(api, stack):
    """A tenant's slug, and the address that suspends it."""
    slug = api.post("/tenants", json={"slug": f"c-{uuid4().hex[:8]}", "name": "Target"}).json()["slug"]
    return slug, f"{stack.gateway_url}/operator/tenants/{slug}/suspend"


# Another port of localhost is another origin of the same site: there the browser sends the cookie along.
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["ses_35-same-site", "ses_34-cross-site"])
@pytest.mark.parametrize(
    "enctype", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
)
def test_a_form_from_another_origin_changes_nothing(host, enctype, elsewhere, signed_in, target, api):
    slug, action = target
    given = {"reason": "hostile", "confirm": slug, "csrf": "guessed", "dialog": "suspend"}
    fields = "".join(FIELD.format(name=name, value=value) for name, value in given.items())
    page = signed_in()
    page.goto(f"http://{host}:{elsewhere(FORM.format(enctype=enctype, action=action, fields=fields))}/")

    with page.expect_navigation() as answered:
        page.evaluate("document.forms[0].submit()")

    assert answered.value.status in {400, 403, 415}
    assert api.get(f"/tenants/{slug}").json()["status"] != "suspended"


def test_ses_27_a_link_from_elsewhere_signs_nobody_out(elsewhere, signed_in, stack):
    page = signed_in()
    port = elsewhere(
        f'<link rel="icon" href="data:,"><a href="{stack.gateway_url}/operator/auth/logout">x</a>'
    )
    page.goto(f"http://localhost:{port}/")

    page.get_by_role("link").click()
    page.goto("/operator/tenants")

    assert page.get_by_role("heading", name="Tenants", level=1).is_visible()
