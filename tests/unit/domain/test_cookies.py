"""Cookies: read strictly, written with every flag."""

from __future__ import annotations

import pytest

from chalicelib.domain.cookies import LONGEST_HEADER, cleared, cookies, written


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, {}),
        ("", {"": ""}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2;", {"a": "1", "b": "2", "": ""}),
        ("a=1; a=2", {}),
        ("a=1; a=1; b=3", {"b": "3"}),
        ("a==1=", {"a": "=1="}),
        ('a="1"', {"a": '"1"'}),
        ("A=1; a=2", {"A": "1", "a": "2"}),
        ("x" * (LONGEST_HEADER + 1), {}),
    ],
)
def test_a_header_is_read_as_it_is_written(header, found):
    assert cookies(header) == found


def test_a_cookie_has_every_flag_and_no_domain():
    flags = "Path=/; Secure; HttpOnly; SameSite=Lax"

    assert written("__Host-a", "1") == f"__Host-a=1; {flags}"
    assert written("__Host-a", "1", 600) == f"__Host-a=1; {flags}; Max-Age=600"
    assert cleared("__Host-a") == f"__Host-a=; {flags}; Max-Age=0"
