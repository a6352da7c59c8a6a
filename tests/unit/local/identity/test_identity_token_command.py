"""`make token`: an access token for curl, got as a person gets it."""

import socket

import pytest

from infra.local import token
from infra.local.identity.sign_in import SignInFailedError, sign_in
from tests.unit.local.identity.stage import App, Provider


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_prints_nothing_but_a_genuine_access_token(operator: App, capsys: pytest.CaptureFixture[str]):
    asked = ["--user", "operator@dezky.local", "--app", "dezky-operator", "--url", operator.provider.url]

    code = token.main(asked)

    printed = capsys.readouterr()
    assert code == 0
    assert printed.err == ""
    assert printed.out.count("\n") == 1
    assert operator.claims(printed.out.strip())["email"] == "operator@dezky.local"


def test_the_port_comes_from_the_environment(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("IDENTITY_PORT", provider.url.rpartition(":")[2])

    code = token.main(["--user", "member@acme.test", "--app", "dezky-portal"])

    assert code == 0
    assert capsys.readouterr().out.count(".") == 2


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["--password", "wrong"], "The name or the password is wrong."),
        (["--app", "dezky-operator"], "member@acme.test has no access to dezky-operator"),
        (["--app", "nobody"], "There is no application 'nobody'"),
    ],
)
def test_a_refusal_is_one_line_on_stderr(
    provider: Provider, capsys: pytest.CaptureFixture[str], more: list[str], line: str
):
    asked = ["--user", "member@acme.test", "--app", "dezky-portal", "--url", provider.url, *more]

    code = token.main(asked)

    printed = capsys.readouterr()
    assert code == 1
    assert printed.out == ""
    assert printed.err.startswith(line)
    assert printed.err.count("\n") == 1


def test_a_provider_that_is_not_running_is_named(unused_port: int, capsys: pytest.CaptureFixture[str]):
    address = f"http://127.0.0.1:{unused_port}"

    code = token.main(["--user", "x", "--app", "dezky-portal", "--url", address])

    assert code == 1
    assert capsys.readouterr().err == f"The identity provider does not answer at {address}: is it running?\n"


def test_other_tools_get_the_whole_answer(portal: App):
    tokens = sign_in(portal.provider.url, "dezky-portal", "member@acme.test", "dezky-demo")

    assert {"access_token", "id_token", "refresh_token", "expires_in", "token_type"} <= set(tokens)
    assert portal.refresh(tokens["refresh_token"]).status_code == 200


def test_other_tools_get_the_refusal_as_an_error(provider: Provider):
    with pytest.raises(SignInFailedError, match="wrong"):
        sign_in(provider.url, "dezky-portal", "member@acme.test", "wrong")
