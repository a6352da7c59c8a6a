"""One line per event, whatever was in it, and never a secret."""

from __future__ import annotations

import json
import logging

import pytest

from chalicelib import logs


def line(message="looked", error=None, **extra):
    info = (type(error), error, None) if error else None
    record = logging.makeLogRecord(
        {"name": "dezky", "levelname": "INFO", "msg": message, "exc_info": info, **extra}
    )
    text = logs.JsonLine().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_extras_become_members():
    written = line(tenant_id="t-1", attempts=3)

    assert (written["message"], written["level"], written["tenant_id"], written["attempts"]) == (
        "looked",
        "INFO",
        "t-1",
        3,
    )


def test_inp_22_no_input_forges_a_line():
    assert line('x\n{"level":"ERROR"}\x1b[31m')["message"] == 'x\n{"level":"ERROR"}\x1b[31m'


def test_inp_22_a_flood_is_cut():
    assert len(line("x" * 1_000_000)["message"]) == logs.LONGEST


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "mongodb://admin:hunter2@db.example/x",
        "Authorization: Bearer abc.def",
    ],
)
def test_inp_23_tokens_and_passwords_are_taken_out_of_messages_traces_and_extras(secret):
    written = json.dumps([line(secret), line(error=RuntimeError(secret)), line(where=secret)])

    assert "[redacted]" in written
    assert not [part for part in ("c2ln", "hunter2", "abc.def") if part in written]


def test_in_lambda_its_own_handler_writes_json():
    root, handler = logging.getLogger(), logging.StreamHandler()
    before, level = list(root.handlers), root.level
    root.handlers = [handler]
    try:
        logs.begin({})
        outside = handler.formatter
        logs.begin({"AWS_LAMBDA_FUNCTION_NAME": "x"})
        assert (outside, type(handler.formatter), root.level) == (None, logs.JsonLine, logging.INFO)
    finally:
        root.handlers, root.level = before, level
