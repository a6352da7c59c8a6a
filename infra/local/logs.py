"""How the application's log reads on a laptop: a line each, with what was said through `extra` at its end."""

import logging
import sys

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def begin() -> None:
    """Log to standard error, which the supervisor keeps in a file."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithExtras(LINE))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("botocore").setLevel(logging.WARNING)


class WithExtras(logging.Formatter):
    """The application names ids through `extra`; plain formatters leave them out."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        extras = {name: value for name, value in vars(record).items() if name not in USUAL}
        facts = (f"{name}={value}" for name, value in extras.items() if value is not None)
        return " ".join([super().formatMessage(record), *facts])
