"""INP-13: no cell of a CSV is taken for a formula."""

from __future__ import annotations

import pytest

from chalicelib.handlers.statement_csv import guarded


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "\uff1d1", "\uff0b1", "\uff201"],
)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Acme", "Kanzlei Vogt & Partner", "a=b", "", "'quoted", "3 - 2"])
def test_other_names_stay_as_they_are(text):
    assert guarded(text) == text
