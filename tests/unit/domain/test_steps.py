"""A step tells people what it would do, also when somebody gave an object at a vendor an evil name."""

import pytest

from chalicelib.domain.steps import LONGEST, Step


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Acme\r\nX-Admin: 1", "AcmeX-Admin: 1"),
        ("\x1b[31mAcme\x00", "[31mAcme"),
        ("Acme\u202egnp.exe\u200b", "Acmegnp.exe"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Ærø 日本 😀", "Ærø 日本 😀"),
    ],
)
def test_int_16_a_sentence_is_one_line_of_characters_that_can_be_seen(name, shown):
    step = Step(action="disable-space", sentence=f"Disable the space {name}")

    assert step.sentence == f"Disable the space {shown}"


def test_int_16_a_sentence_is_cut_when_it_is_too_long():
    step = Step(action="disable-space", sentence="x" * (LONGEST + 1))

    assert step.sentence == "x" * (LONGEST - 1) + "…"
    assert Step(action="a", sentence="x" * LONGEST).sentence == "x" * LONGEST
