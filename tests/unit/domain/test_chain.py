"""The canonical form, and what a hash over it notices."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.chain import Chained, Head, Walk, canonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
contents = st.dictionaries(texts, values, max_size=4)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"b": 1, "a": [True, False, None], "c": {}}, '{"a":[true,false,null],"b":1,"c":{}}'),
        ({"gone": None, "in": {"gone": None}}, '{"in":{}}'),
        ('\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'),  # RFC 8785, section 3.2.2.2
        ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3}, '{"€":3,"😀":2,"\ufb33":1}'),  # by UTF-16 units
        (datetime(2026, 11, 22, 12, 0, 0, 7_000, UTC), '"2026-11-22T12:00:00.007Z"'),
        (datetime(2026, 11, 22, 13, 0, tzinfo=timezone(timedelta(hours=1))), '"2026-11-22T12:00:00.000Z"'),
    ],
)
def test_the_canonical_form(value, form):
    assert canonical(value).decode() == form


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, b"bytes", {1, 2}, object()])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


@given(values)
def test_the_canonical_form_is_json_and_the_same_for_the_order_of_names_and_for_tuples(value):
    assert canonical(json.loads(canonical(value))) == canonical(value)
    assert canonical(turned(value)) == canonical(value)


@given(st.lists(contents, min_size=1, max_size=5), st.data())
def test_a_chain_fits_and_any_change_of_any_event_is_found(chain, data):
    events = linked(chain)
    assert Walk(Head(id="c")).over(events).broken is None

    at = data.draw(st.integers(0, len(events) - 1))
    other = data.draw(contents)
    changed = Chained(events[at].id, "c", None, events[at].link, other)
    broken = Walk(Head(id="c")).over([*events[:at], changed, *events[at + 1 :]]).broken

    assert (broken is None) == (canonical(other) == canonical(events[at].content))
    assert broken is None or (broken.kind, broken.event_id) == ("altered", events[at].id)


@given(st.lists(contents, min_size=2, max_size=5), st.data())
def test_a_missing_event_is_found_wherever_it_was(chain, data):
    events = linked(chain)
    at = data.draw(st.integers(0, len(events) - 1))

    walk = Walk(Head(id="c")).over(events[:at] + events[at + 1 :])
    broken = walk.upto(Head(id="c", seq=len(events), hash=events[-1].link.hash)).broken

    assert (broken.kind, broken.seq) == ("cut" if at == len(events) - 1 else "missing", at + 1)


def linked(chain):
    head, events = Head(id="c"), []
    for number, content in enumerate(chain):
        link = head.next(content)
        head = head.moved_to(link)
        events.append(Chained(f"event-{number}", "c", None, link, content))
    return events


def turned(value):
    if isinstance(value, dict):
        return {name: turned(each) for name, each in reversed(value.items())}
    return tuple(turned(each) for each in value) if isinstance(value, list) else value
