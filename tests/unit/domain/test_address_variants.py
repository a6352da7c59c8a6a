"""Addresses that look alike: one of them is the canonical form, the others are the same or none at all."""

import pytest

from chalicelib.domain.names import email_address


@pytest.mark.parametrize("text", ["ada@acme.test", "ADA@ACME.TEST", "Ada@Acme.Test.", "ada@\uff41cme.test"])
def test_int_25_case_and_width_of_a_domain_make_no_second_account(text):
    assert email_address(text) == "ada@acme.test"


@pytest.mark.parametrize(
    "text",
    [
        "\u0430da@acme.test",  # a Cyrillic a
        "\uff41da@acme.test",  # full width
        "ada\u0301@acme.test",  # with a combining accent
        "a\u200bda@acme.test",  # a blank without width
        "\u0130da@acme.test",  # a capital I with a dot, which is two characters in lower case
        "a\u00adda@acme.test",  # a hyphen that is not shown
        "mar\u212a@acme.test",  # a Kelvin sign, which is a k in lower case
    ],
)
def test_int_25_a_local_part_that_only_looks_like_anothers_is_refused(text):
    with pytest.raises(ValueError, match="e-mail address"):
        email_address(text)


def test_int_25_domains_that_look_alike_stay_two():
    assert email_address("ada@\u0430cme.test") != email_address("ada@acme.test")
