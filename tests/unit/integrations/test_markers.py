import pytest

from chalicelib.integrations.markers import carries, marker


@pytest.mark.parametrize(
    "text", ["dezky:acme", "Files\ndezky:acme", "dezky:acme, no: dezky:acme", "\tdezky:acme "]
)
def test_a_marker_is_found_as_a_word(text):
    assert carries(text, "acme")


@pytest.mark.parametrize(
    "text",
    [None, "", "dezky:acme-2", "dezky:acme,", "x-dezky:acme", "dezky: acme", "DEZKY:ACME", "dezky:acm"],
)
def test_nothing_else_is_a_marker(text):
    assert not carries(text, "acme")


def test_markers_differ_as_slugs_do():
    assert marker("acme") != marker("acme-2")
