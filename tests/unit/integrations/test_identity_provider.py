"""SES-10: the transport to the token endpoint, and a provider that does everything wrong."""

from __future__ import annotations

import time

import pytest

from chalicelib.errors import ProviderAway
from chalicelib.integrations.identity_provider import LARGEST, FormPosts
from tests.unit.integrations.conftest import ScriptedVendor, an_answer


class Basic:
    """As Authlib's client adds the client's secret."""

    def prepare(self, method, uri, headers, body):
        return uri, {**headers, "Authorization": "Basic c2VjcmV0"}, body


def posted(vendor: ScriptedVendor, whole: float = 2.0):
    return FormPosts(whole).post(f"{vendor.url}/token/", data={"code": "a b&c"}, auth=Basic())


def test_a_form_goes_out_with_the_secret_in_its_header(vendor):
    vendor.answers = [an_answer({"token_type": "Bearer"})]

    answer = posted(vendor)

    (request,) = vendor.requests
    assert request.startswith("POST /token/ HTTP/1.1\r\n")
    assert request.endswith("code=a+b%26c")
    assert "Authorization: Basic c2VjcmV0\r\n" in request
    assert "Content-Type: application/x-www-form-urlencoded" in request
    assert "Cookie" not in request
    assert (answer.status_code, answer.json()) == (200, {"token_type": "Bearer"})


def test_a_redirect_is_not_followed(vendor):
    vendor.answers = [an_answer(b"", "307 Temporary Redirect", Location=f"{vendor.url}/elsewhere/")]

    answer = posted(vendor)

    assert answer.status_code == 307
    assert len(vendor.requests) == 1
    with pytest.raises(ValueError, match=r"."):
        answer.json()


def test_no_proxy_and_no_netrc_of_the_environment_is_used(vendor, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    assert posted(vendor).status_code == 200
    assert "Authorization: Basic c2VjcmV0\r\n" in vendor.requests[0]


def test_cookies_of_the_provider_are_not_kept(vendor):
    vendor.answers = [an_answer({}, Set_Cookie="a=b")]

    posts = FormPosts()
    for _ in range(2):
        posts.post(vendor.url, data={})

    assert all("Cookie" not in each for each in vendor.requests)


def test_an_answer_without_end_is_given_up(vendor):
    vendor.answers = [an_answer(b"x" * (LARGEST + 1))]

    with pytest.raises(ProviderAway, match="answer-too-long"):
        posted(vendor)


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\n", an_answer(b"", Content_Length="5000")], ids=repr
)
def test_an_answer_that_drips_is_given_up_in_time_and_not_asked_for_again(vendor, start):
    def drip(connection):
        connection.sendall(start)
        while not vendor.released.wait(0.02):
            connection.sendall(b"X")

    vendor.answers = [drip]
    began = time.monotonic()

    with pytest.raises(ProviderAway, match="no-answer"):
        posted(vendor, whole=0.4)

    assert time.monotonic() - began < 2
    assert vendor.connections == 1


def test_a_provider_that_hangs_up_or_is_not_there_is_away(vendor):
    vendor.answers = [lambda connection: connection.close()]
    with pytest.raises(ProviderAway, match="no-answer"):
        posted(vendor)
    assert vendor.connections == 1

    with pytest.raises(ProviderAway, match="no-answer"):
        FormPosts().post("http://127.0.0.1:1/token/", data={})


@pytest.mark.parametrize("content", [b"", b"<p>", b"\xff", b"[" * 100_000, b"NaN1"])
def test_what_is_no_json_is_a_value_error_and_no_crash(vendor, content):
    vendor.answers = [an_answer(content)]

    with pytest.raises(ValueError, match=r"."):
        posted(vendor).json()


def test_a_failure_says_its_status_only(vendor):
    vendor.answers = [an_answer({"error": "secret words"}, "500 Internal Server Error")]

    with pytest.raises(ProviderAway, match=r"^status-500$"):
        posted(vendor).raise_for_status()
