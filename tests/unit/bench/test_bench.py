"""The benchmarks' own arithmetic: a wrong median or a lost command would flatter us in silence."""

from __future__ import annotations

from bench.asked import REQUESTS, Asked
from bench.database_time import DatabaseTime
from bench.documents_read import DocumentsRead
from bench.report import Section, kept_section, micros, millis, page, with_section
from bench.timing import median_of_each, medians


class Ended:
    """The end of a command, as pymongo tells it."""

    def __init__(self, duration_micros: int) -> None:
        self.duration_micros = duration_micros


class Answered:
    """The end of a command with its reply, as pymongo tells it."""

    def __init__(self, command_name: str, reply: dict) -> None:
        self.command_name = command_name
        self.reply = reply


def test_the_time_in_the_database_is_all_commands_since_the_last_question():
    database = DatabaseTime()
    database.succeeded(Ended(1_500))
    database.failed(Ended(500))

    first, second = database.taken(), database.taken()

    assert (first, second) == (0.002, 0)


def test_one_slow_sample_does_not_move_the_median():
    samples = [{"whole": 1.0, "ours": 3.0}, {"whole": 2.0, "ours": 2.0}, {"whole": 900.0, "ours": 1.0}]

    assert median_of_each(samples) == {"whole": 2.0, "ours": 2.0}


def test_works_are_measured_in_turn():
    order = []

    times = medians(2, 3, [lambda: order.append("ours"), lambda: order.append("floor")])

    assert order == (["ours"] * 3 + ["floor"] * 3) * 2
    assert len(times) == 2
    assert min(times) > 0


def test_a_section_becomes_an_aligned_table():
    section = Section(
        "Cold", "Milliseconds.", ("set", "ours"), [("authorizer", millis(0.04107)), ("all", micros(0.5))]
    )

    lines = page([section]).splitlines()

    assert lines[-6:-1] == [
        "Milliseconds.",
        "",
        "| set        | ours   |",
        "| ---------- | ------ |",
        "| authorizer | 41.07  |",
    ]
    assert lines[-1] == "| all        | 500000 |"


def test_a_section_that_is_measured_by_itself_takes_the_place_of_the_old_one_and_stays():
    first = page(
        [Section("Cold", "Old.", ("set",), [("all",)]), Section("Warm", "Kept.", ("set",), [("all",)])]
    )

    newer = with_section(first, Section("Cold", "New.", ("set",), [("all",)]))
    longer = with_section(newer, Section("Ledger", "Long.", ("set",), [("all",)]))

    assert ("Old." in newer, "New." in newer, newer.count("## ")) == (False, True, 2)
    assert newer.index("New.") < newer.index("## Warm")
    assert longer.startswith(newer.rstrip())
    assert kept_section(longer, "Ledger") == "\n" + longer[longer.index("## Ledger") :]
    assert kept_section(newer, "Ledger") == ""
    assert with_section(longer, Section("Cold", "New.", ("set",), [("all",)])) == longer


def test_documents_and_round_trips_are_counted_from_the_answers():
    read = DocumentsRead()
    first, more = {"firstBatch": [{}, {}]}, {"nextBatch": [{}]}

    for name, cursor in (("find", first), ("getMore", more), ("insert", None)):
        read.succeeded(Answered(name, {"cursor": cursor}))

    assert (read.taken(), read.taken()) == ((3, 2), (0, 0))


def test_each_call_asks_for_something_new_where_it_creates():
    (create,) = [asked for asked in REQUESTS if asked.method == "POST"]

    one, other = create.event(1), create.event(2)

    assert ("new-1.test" in one["body"], "new-2.test" in other["body"]) == (True, True)
    assert one["requestContext"]["authorizer"]["audience"] == "dezky-operator"


def test_the_event_names_the_tenant_of_its_route():
    event = Asked("GET", "/tenants/tenant-7", "/tenants/{slug}", 200).event(1)

    assert (event["resource"], event["pathParameters"]) == ("/tenants/{slug}", {"slug": "tenant-7"})
