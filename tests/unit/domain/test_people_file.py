"""Files of people, as spreadsheets and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.people_file import MOST_ROWS, UnreadableFile, rows_of


def wishes(text):
    return [(each.wish.email, each.wish.name, each.wish.role) for each in rows_of(text) if each.wish]


def wrongs(text):
    return {each.line: each.wrong for each in rows_of(text) if not each.wish}


@pytest.mark.parametrize(
    "text",
    [
        "ada@acme.test,Ada Ä,admin\nbob@acme.test,,\n",
        "email,name,role\nada@acme.test,Ada Ä,admin\nbob@acme.test,,\n",
        "\ufeffE-Mail;Name;Role\r\nada@acme.test;Ada Ä;Admin\r\nbob@acme.test;;\r\n",
        "name\temail\trole\nAda Ä\tADA@acme.test\tadmin\n\n\tbob@acme.test\t\n",
        'role,email,name\n"admin","ada@acme.test","Ada Ä"\nmember,bob@acme.test\n',
        "ada@acme.test , Ada Ä , admin\rbob@acme.test",
    ],
    ids=["plain", "header", "excel", "tabs", "quotes", "old"],
)
def test_a_file_is_read_however_a_spreadsheet_writes_it(text):
    assert wishes(text) == [("ada@acme.test", "Ada Ä", "admin"), ("bob@acme.test", None, "member")]
    assert wrongs(text) == {}


def test_each_wrong_row_says_what_is_wrong_where_and_the_others_stand():
    text = (
        "email,name,role\n"
        "ada@acme.test,Ada,member\n"
        "not-an-address,Bob,member\n"
        "cleo@acme.test,Cleo,boss\n"
        "ADA@acme.test,Ada again,member\n"
        ",Dora,member\n"
        "emil@acme.test,Emil,member,surplus\n"
        "fay@acme.test,F\ufffdy,member\n"
        "gus@acme.test,Gus,member\n"
    )

    assert [each[0] for each in wishes(text)] == ["ada@acme.test", "gus@acme.test"]
    assert wrongs(text) == {
        3: "email: must be an e-mail address",
        4: "role: Input should be 'member', 'admin' or 'owner'",
        5: "is named in line 2 already",
        6: "has no e-mail address",
        7: "has more cells than there are columns",
        8: "is not readable: save the file as UTF-8",
    }


@pytest.mark.parametrize("name", ["=1+1", "+41 44", "-2", "@SUM(A1)", '"=HYPERLINK(""http://evil"")"'])
def test_inp_a_name_that_a_spreadsheet_would_calculate_is_refused(name):
    assert wrongs(f"ada@acme.test,{name}") == {1: "name: must not begin with = + - @"}


@pytest.mark.parametrize("address", ["=cmd@acme.test", "+a@acme.test", "@acme.test"])
def test_inp_no_address_begins_as_a_formula(address):
    assert set(wrongs(f"{address},Ada")) == {1}


def test_a_row_over_several_lines_does_not_move_the_numbers_of_those_behind_it():
    assert wrongs('ada@acme.test,"A\nda"\nwrong,Bob') == {
        1: "name: must not contain control characters",
        3: "email: must be an e-mail address",
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nobody"),
        ("\ufeff\n ,, \n", "nobody"),
        ("email,name,role\n", "nobody"),
        ("email,name,phone\nada@acme.test,Ada,1", "no others"),
        ("email,email\na@acme.test,b@acme.test", "each once"),
        ('ada@acme.test,"Ada\nbob@acme.test,Bob', "Line 1 is not CSV"),
        ("\n".join(f"p{n}@acme.test" for n in range(MOST_ROWS + 1)), "at most 500"),
    ],
)
def test_a_file_that_is_none_says_so_as_a_whole(text, says):
    with pytest.raises(UnreadableFile, match=says):
        rows_of(text)


def test_as_many_rows_as_there_may_be_are_read():
    assert len(wishes("email\n" + "\n".join(f"p{n}@acme.test" for n in range(MOST_ROWS)))) == MOST_ROWS


@given(st.text(alphabet=st.sampled_from('a@.,;\t\n\r"= \0ä\ufeff'), max_size=200))
def test_whatever_is_sent_is_rows_or_a_sentence(text):
    try:
        rows = rows_of(text)
    except UnreadableFile:
        return
    assert all(bool(each.wish) != bool(each.wrong) for each in rows)
