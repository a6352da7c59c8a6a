"""The page of threats is of today, and says of each row where its tests are or why there is none."""

from __future__ import annotations

import pytest

from tests.security.threats.named import named, named_by, rows_of
from tests.security.threats.published import PAGE, files_by_row, page
from tests.security.threats.rows import FILE, sections

FILES = files_by_row(named())
ROWS = [row for section in sections() for row in section.rows]


def test_the_page_is_of_today():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make threats"


def test_every_row_has_a_test_or_says_why_not():
    assert [row.id for row in ROWS if row.id not in FILES and not row.note.startswith("No test: ")] == []


def test_no_row_says_that_it_has_no_test_and_has_one():
    assert [row.id for row in ROWS if row.id in FILES and row.note.startswith("No test")] == []


def test_no_test_is_named_after_a_row_that_there_is_not():
    assert set(FILES) - {row.id for row in ROWS} == set()


def test_each_row_is_there_once_and_in_order():
    ids = [row.id for row in ROWS]

    assert len(ids) == len(set(ids)) == 270
    for section in sections():
        assert [row.id for row in section.rows] == sorted(row.id for row in section.rows)
        assert len({row.id.split("-")[0] for row in section.rows}) == 1


NAMES = {
    "test_azt_02_a_ticket": ["AZT-02"],
    "test_inp_02_and_18_unknown_fields": ["INP-02", "INP-18"],
    "test_que_24_and_azt_18_a_forged_message": ["QUE-24", "AZT-18"],
    "test_inp_05_to_08_what_is_no_object": ["INP-05", "INP-06", "INP-07", "INP-08"],
    "test_que_12_100_000_tenants": ["QUE-12"],
    "test_no_point_in_05_times": [],
    "test_point_05_of_something": [],
    "a_test_azt_02_of": [],
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_begins_with_its_rows(name: str):
    assert list(rows_of(name)) == NAMES[name]


def test_parameters_count_and_prose_does_not():
    source = '''
"""AUT-01 stands in a text that people read."""
CASES = ["AUT-02 empty", f"AUT-03 {1}", "see AUT-04 instead", "AUT-05"]
# AUT-06 stands in a remark
def test_aut_07_it_holds():
    """AUT-08 stands in a text, too."""
'''

    assert [row for row, _ in named_by(source)] == ["AUT-07", "AUT-02", "AUT-03"]


def test_a_line_that_is_no_row_is_refused():
    with pytest.raises(ValueError, match="No row"):
        sections("# Tokens\nTOK-1 too short a number\n")


def test_the_rows_say_nothing_that_would_break_the_table():
    assert "|" not in FILE.read_text(encoding="utf-8")
