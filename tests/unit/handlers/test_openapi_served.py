"""A container that serves only the public part describes everything, and reading leaves routes alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from chalice.app import Blueprint

from app import app
from chalicelib.handlers import openapi, tenants
from chalicelib.handlers.openapi.served import app_of

ROOT = Path(__file__).parents[3]
AS_PUBLIC = """
import json, sys
import app
from chalicelib.handlers import openapi
early = "chalicelib.handlers.tenants" in sys.modules
document = openapi.document()
from chalicelib.handlers import tenants
app.app.register_blueprint(tenants.routes)
methods = sorted(app.app.routes["/tenants"])
print(json.dumps({"early": early, "document": document, "methods": methods}))
"""


def test_the_public_container_describes_everything_and_imports_the_rest_only_then():
    environment = os.environ | {"FUNCTION_SET": "public"}

    printed = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", AS_PUBLIC], cwd=ROOT, env=environment, check=True, capture_output=True
    ).stdout
    public = json.loads(printed)

    assert public["document"] == openapi.document()
    assert public["early"] is False
    assert public["methods"] == ["GET", "POST"]  # reading them did not use them up


def test_to_describe_a_route_does_not_take_it_from_its_app():
    openapi.document()

    assert tenants.routes.current_app is app


def test_a_blueprint_that_no_app_answers_with_is_read_and_stays_as_it_was():
    lonely = Blueprint("tests.lonely")
    lonely.route("/lonely", methods=["PUT"])(dict)

    read = [list(app_of(lonely).routes["/lonely"]) for _ in range(2)]

    assert read == [["PUT"], ["PUT"]]
