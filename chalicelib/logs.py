"""Logs in Lambda: one JSON object a line, with what was said through `extra` as its members."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime

USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
LONGEST = 4_000  # characters of one member
# What nobody may read in a log, should it slip into a message or a trace: tokens, passwords in addresses.
SECRETS = re.compile(r"eyJ[\w-]{8,}\.[\w-]*\.?[\w-]*|(?<=://)[^\s/@]+(?=@)|(?i:(?<=bearer ))\S+")


def begin(environ: Mapping[str, str] = os.environ) -> None:
    """Let Lambda's own handler write JSON from level INFO on; outside of Lambda whoever starts us decides."""
    if "AWS_LAMBDA_FUNCTION_NAME" not in environ:
        return
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in root.handlers:
        handler.setFormatter(JsonLine())
    logging.getLogger("botocore").setLevel(logging.WARNING)


class JsonLine(logging.Formatter):
    """Newlines, control characters and quotes are escaped by JSON, so that no input can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in USUAL}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: _safe(value) for name, value in line.items()}, default=str)


def _safe(value: object) -> object:
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    return SECRETS.sub("[redacted]", str(value))[:LONGEST]
