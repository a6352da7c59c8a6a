"""What the gateway makes of a request, and which it refuses itself."""

import http.client
import json
import socket
import time

import pytest
from chalice.app import Chalice

from infra.local.gateway import serve


def answer_to(client, method, path, **more):
    client.request(method, path, **more)
    answer = client.getresponse()
    return answer, answer.read()


def event_of(client, method="GET", path="/event", **more):
    answer, body = answer_to(client, method, path, **more)
    assert answer.status == 200, body
    return json.loads(body)


def raw_answer(gateway, request):
    """Everything that comes back for these bytes until the gateway closes."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def assert_problem(answer, body, status, code):
    document = json.loads(body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert document == {
        "type": f"urn:dezky:problem:{code}",
        "title": document["title"],
        "status": status,
        "detail": document["detail"],
        "code": code,
        "requestId": answer.headers["x-amzn-RequestId"],
    }
    assert document["title"]
    assert document["detail"]


def test_a_route_answers_with_a_request_id_and_its_length(client):
    answer, body = answer_to(client, "GET", "/open")

    assert (answer.status, json.loads(body)) == (200, {"ok": True})
    assert answer.headers["Content-Length"] == str(len(body))
    assert len(answer.headers["x-amzn-RequestId"]) == 36
    assert answer.headers["Date"].endswith("GMT")


def test_the_event_names_the_request_as_api_gateway_does(client):
    event = event_of(client, headers={"User-Agent": "curl/8"})
    context = event["requestContext"]

    assert (event["resource"], event["path"], event["httpMethod"]) == ("/event", "/event", "GET")
    assert context["requestId"] == event_of_id(client, context)
    assert (context["stage"], context["apiId"], context["protocol"]) == ("local", "local", "HTTP/1.1")
    assert context["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "curl/8"}
    assert abs(context["requestTimeEpoch"] / 1000 - time.time()) < 5
    assert (event["pathParameters"], event["queryStringParameters"], event["body"]) == (None, None, None)


def event_of_id(client, context):
    """Ids differ between two requests."""
    other = event_of(client)["requestContext"]["requestId"]
    assert other != context["requestId"]
    return context["requestId"]


def test_a_repeated_query_parameter_keeps_all_values(client):
    event = event_of(client, path="/event?q=a%20b&q=c&empty=")

    assert event["multiValueQueryStringParameters"] == {"q": ["a b", "c"], "empty": [""]}
    assert event["queryStringParameters"] == {"q": "c", "empty": ""}


def test_a_repeated_header_is_joined_and_also_listed(gateway):
    request = b"GET /event HTTP/1.1\r\nHost: x\r\nX-One: a\r\nx-one: b\r\nCookie: c=1\r\nCookie: d=2\r\n\r\n"

    event = json.loads(raw_answer(gateway, request).partition(b"\r\n\r\n")[2])

    assert event["headers"]["X-One"] == "a, b"
    assert event["headers"]["Cookie"] == "c=1; d=2"
    assert event["multiValueHeaders"]["X-One"] == ["a", "b"]


def test_text_arrives_as_text_and_binary_as_base64(client):
    text = event_of(client, "POST", body='{"a": "ö"}'.encode(), headers={"Content-Type": "application/json"})
    image = event_of(client, "PUT", body=b"\x89PNG", headers={"Content-Type": "image/png"})

    assert (text["body"], text["isBase64Encoded"]) == ('{"a": "ö"}', False)
    assert (image["body"], image["isBase64Encoded"]) == ("iVBORw==", True)


def test_a_path_parameter_is_decoded_after_the_path_is_parted(client):
    _, body = answer_to(client, "GET", "/names/a%2Fb%20%C3%B6", headers={"Authorization": "Bearer t"})

    assert json.loads(body) == {"name": "a/b ö"}


def test_a_literal_segment_goes_before_a_variable_and_a_last_slash_is_ignored(client):
    _, literal = answer_to(client, "GET", "/names/all")
    _, with_slash = answer_to(client, "GET", "/names/all/")

    assert json.loads(literal) == json.loads(with_slash) == {"all": True}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/unknown"),
        ("GET", "/names/"),
        ("GET", "/names//x"),
        ("GET", "/names/a/../b"),
        ("DELETE", "/open"),
        ("BREW", "/open"),
        ("OPTIONS", "/open"),
    ],
)
def test_an_unknown_route_or_method_is_not_found(client, method, path):
    answer, body = answer_to(client, method, path)

    assert_problem(answer, body, 404, "not-found")


def test_a_head_request_gets_no_body(client):
    answer, body = answer_to(client, "HEAD", "/open")
    again, _ = answer_to(client, "GET", "/open")

    assert (answer.status, body) == (404, b"")
    assert int(answer.headers["Content-Length"]) > 0
    assert again.status == 200


def test_a_preflight_names_the_allowed_origin_only(client):
    answer, body = answer_to(client, "OPTIONS", "/shared", headers={"Origin": "https://evil.example"})

    assert (answer.status, body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://portal.example"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET,OPTIONS"


def test_two_cookies_are_two_headers(client):
    answer, _ = answer_to(client, "GET", "/cookies")

    assert answer.status == 302
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_an_empty_answer_has_no_length(client):
    answer, body = answer_to(client, "GET", "/nothing")

    assert (answer.status, body, answer.headers["Content-Length"]) == (204, b"", None)


def test_a_header_that_http_cannot_carry_is_our_failure(client):
    answer, body = answer_to(client, "GET", "/bad-header")

    assert_problem(answer, body, 502, "internal-error")


@pytest.mark.parametrize(
    "failure", [RuntimeError("secret of the function"), "no answer", {"body": "x"}, None]
)
def test_a_broken_function_is_answered_and_says_nothing_of_its_failure(failure):
    class Broken(Chalice):
        def __call__(self, event, context):
            if isinstance(failure, Exception):
                raise failure
            return failure

    app = Broken("toy")
    app.route("/")(dict)
    with serve(app) as gateway:
        client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)

        answer, body = answer_to(client, "GET", "/")
        client.close()

    assert_problem(answer, body, 502, "internal-error")
    assert b"secret" not in body


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n", 411),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400),
        (b"Content-Length: 3\r\nContent-Length: 4\r\n", 400),
        (b"Content-Length: -1\r\n", 400),
        (b"Content-Length: +3\r\n", 400),
        (b"Content-Length: 1_0\r\n", 400),
        (b"Content-Length: 10485761\r\n", 413),
        (b"X-Folded: a\r\n b\r\n", 400),
        (b"No colon\r\n", 400),
        (b"Content-Length : 3\r\n", 400),
        (b"X-Long: " + b"x" * 11_000 + b"\r\n", 431),
        (b"X-Longer: " + b"x" * 70_000 + b"\r\n", 431),
        (b"X: 1\r\n" * 150, 431),
    ],
)
def test_a_request_out_of_bounds_is_refused_and_the_connection_ends(gateway, head, status):
    smuggled = b"GET /open HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = raw_answer(gateway, b"POST /event HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n" + smuggled)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"application/problem+json" in answer
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: multipart/form-data; boundary=x\r\n",
        b"Content-Type: multipart/form-data\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\nContent-Transfer-Encoding: base64\r\n",
    ],
)
def test_a_form_in_parts_is_the_functions_to_refuse(gateway, head):
    request = b"POST /event HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + head + b"\r\n--x--"

    answer = raw_answer(gateway, request)

    assert answer.startswith(b"HTTP/1.1 415 ")
    assert b"Unsupported media type: multipart/" in answer


def test_a_form_in_parts_hides_no_malformed_header(gateway):
    head = b"POST /event HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length : 3\r\n"

    answer = raw_answer(gateway, head + b"Host: x\r\n\r\nabc")

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "line",
    [b"GET", b"GET / HTTP/2.0", b"GET http://x/open HTTP/1.1", b"GET /open HTTP/1.1 x", b"GET  HTTP/1.1"],
)
def test_a_malformed_request_line_is_refused(gateway, line):
    answer = raw_answer(gateway, line + b"\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_request_line_that_is_too_long_is_refused(gateway):
    answer = raw_answer(gateway, b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 431 ")


def test_a_client_that_expects_to_be_asked_is_refused_before_it_sends(gateway):
    head = b"POST /event HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"

    good = raw_answer(gateway, head + b"Content-Length: 2\r\n\r\n{}")
    large = raw_answer(gateway, head + b"Content-Length: 99999999\r\n\r\n")

    assert good.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    assert large.startswith(b"HTTP/1.1 413 ")


def test_the_largest_body_is_taken_and_a_larger_one_refused_readably(client):
    event = event_of(client, "POST", body=b"x" * 10 * 1024 * 1024)
    refused, body = answer_to(client, "POST", "/event", body=b"x" * (10 * 1024 * 1024 + 1))

    assert len(event["body"]) == 10 * 1024 * 1024
    assert_problem(refused, body, 413, "payload-too-large")
