import pytest

from chalicelib.integrations.downstream import retry_after
from tests.builders import NOON


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 5 ", 5),
        ("0", 0),
        ("1000000000", 900),
        ("9" * 5_000, 900),
        ("Sun, 22 Nov 2026 12:00:42 GMT", 42),
        ("Sun, 22 Nov 2026 12:00:42 -0000", 42),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 22 Nov 2999 12:00:00 GMT", 900),
    ],
)
def test_int_04_a_wish_is_understood_and_capped(value, seconds):
    assert retry_after(value, NOON) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "-5",
        "1.5",
        "٣٠",
        "Sun, 99 Nov 2026 99:99:99 GMT",
        "1 2 3 4 5",
        "Sun, 22 Nov 99999999999 12:00:42 GMT",
    ],
)
def test_int_04_nonsense_is_no_wish(value):
    assert retry_after(value, NOON) is None
