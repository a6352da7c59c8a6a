"""SES-38 and SES-42, as far as code itself can show them: tokens stay where they belong, no door is open."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app import app
from chalicelib.handlers.operation import operation_of

ROOT = Path(__file__).parents[2] / "chalicelib"
PAGES = sorted((ROOT / "portal").rglob("*.*")) + sorted((ROOT / "handlers" / "portal").rglob("*.py"))
PAGES = [path for path in PAGES if path.suffix in {".py", ".html", ".js"}]
TOKENS = re.compile(r"access_token|refresh_token|id_token|client_secret|\.tokens\b")
# The one place that puts a token beside a request, and the one where a sign-in becomes a session.
MAY_NAME_TOKENS = {"platform.py": {"access_token"}, "session_routes.py": {".tokens"}}
DOORS = re.compile(r"dev|debug|test|fixture|fault|impersonat|backdoor|become|sudo|seed|demo|_/")
SECRETS = re.compile(r"token|secret|cookie|verifier|nonce|opaque|sealed")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_ses_38_pages_and_scripts_never_name_a_token(path: Path):
    named = set(TOKENS.findall(path.read_text()))

    assert named <= MAY_NAME_TOKENS.get(path.name, set())


def test_ses_38_nothing_that_opens_something_is_handed_to_a_log():
    told = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {name}"
        for folder in ("auth", "services", "handlers/portal", "repositories", "integrations")
        for path in (ROOT / folder).rglob("*.py")
        for call in _log_calls(path)
        for name in _names(call)
        if SECRETS.search(name)
    ]

    assert told == []


def test_ses_42_no_route_signs_anybody_in_but_the_providers():
    paths = [path for path in app.routes if DOORS.search(path)]
    auth = {path for path in app.routes if path.startswith("/operator/auth")}

    assert paths == []
    assert auth == {
        "/operator/auth/login",
        "/operator/auth/oidc/login",
        "/operator/auth/oidc/callback",
        "/operator/auth/logout",
        "/operator/auth/signed-out",
        "/operator/auth/oidc/backchannel-logout",
    }


def test_ses_42_one_place_begins_sessions():
    """Whoever wants another way in has to come by here."""
    begins = [
        f"{path.relative_to(ROOT)}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "begin"
        if "sessions" in ast.unparse(node.func.value)
    ]

    assert begins == ["handlers/portal/session_routes.py"]


def test_ses_42_nothing_of_the_laptops_sign_ins_is_in_the_application():
    for path in ROOT.rglob("*.py"):
        assert not re.search(r"dezky-demo|local-secret|dezky\.local", path.read_text()), path


def test_every_row_about_sessions_has_a_test_that_names_it():
    named = {
        int(row)
        for path in (ROOT.parent / "tests").rglob("test_*.py")
        for row in re.findall(r"ses_(\d\d)", " ".join(re.findall(r"def (test_\w+)", path.read_text())))
    }

    assert set(range(1, 46)) - named == set()


def test_each_view_of_a_portal_has_a_name_of_its_own():
    """Each surface makes its session views anew; the names keep them apart in logs and traces."""
    views = [
        route.view_function
        for path, methods in app.routes.items()
        for route in methods.values()
        if path.startswith("/operator/auth")
    ]

    assert {view.__name__ for view in views} == {
        *("operator_sign_in_page", "operator_depart", "operator_arrive", "operator_leave"),
        *("operator_signed_out_page", "operator_signed_out_there"),
    }
    assert all(operation_of(view).guard.kind == "portal" for view in views)


def _log_calls(path: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"
    ]


def _names(call: ast.Call) -> list[str]:
    """What the values of a log line are made of; fixed words and the names of members do not count."""
    parts = [*call.args, *(keyword.value for keyword in call.keywords)]
    inner = [node for part in parts for node in ast.walk(part)]
    return [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in inner
        if isinstance(node, (ast.Attribute, ast.Name))
    ]
