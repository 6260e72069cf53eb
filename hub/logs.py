"""Logs: one JSON object a line on standard error. Keys are English; users and passwords in addresses are masked."""

import json
import logging
import re
import sys
from typing import TextIO

from contract.clock import rfc3339

_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """`at`, `level`, `logger`, `event`, and whatever the caller gave as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line for one record."""
        line = {
            "at": rfc3339(int(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _USERINFO.sub("***@", json.dumps(line, ensure_ascii=False, default=str))


def configure(stream: TextIO | None = None) -> None:
    """Log to `stream`, standard error by default: our own from level info on, libraries' warnings."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("hub").setLevel(logging.INFO)
