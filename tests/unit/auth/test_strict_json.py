from __future__ import annotations

import pytest

from chalicelib.auth.strict_json import MAX_DEPTH, strict_object


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('{"a": 1}', {"a": 1}),
        (' \n{"a": 1.5e3}\t', {"a": 1500.0}),
        ('{"a": "\\u00e9"}', {"a": "\u00e9"}),
        ('{"a": "[[[[[[[[[[[[", "b": "\\"[{"}', {"a": "[" * 12, "b": '"[{'}),
        ('{"a": [[], [], [], [], [], [], [], [], []]}', {"a": [[] for _ in range(9)]}),
        ('{"a": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}", {"a": [[[[[[[]]]]]]]}),
    ],
)
def test_proper_json_means_what_it_says(text: str, meaning: dict[str, object]):
    assert strict_object(text.encode()) == meaning


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "\\u0062": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": ' + b"1" * 33 + b"}",
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
        b'{"a": "\\"' + b"[" * 20 + b'"' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
        b"\xef\xbb\xbf{}",
        b"{}{}",
        b"\xc2\xa0{}",
        b"[]",
        b"",
    ],
)
def test_what_two_parsers_might_read_differently_is_refused(raw: bytes):
    with pytest.raises(ValueError, match=r"."):
        strict_object(raw)
