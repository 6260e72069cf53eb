"""Logs: one JSON object a line on standard error. Keys are English; secrets are masked whatever they stand in."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

MASK = "***"
_SECRET_KEY = re.compile(r"(?:^|_)(?:key|password|secret|token|credential)s?$")
_USERINFO = re.compile(r"(?<=://)\S+@")
"""Up to the last @ before a blank: a password that was not escaped may have an @ or a / in it. An @ in a path hides the host as
well, which is the lesser evil."""


def hide_userinfo(text: str) -> str:
    """The text with users and passwords inside addresses masked."""
    return _USERINFO.sub(f"{MASK}@", text)


def masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: values under secret names, and users and passwords inside addresses, become `***`."""
    for key, value in event.items():
        if _SECRET_KEY.search(key):
            event[key] = MASK
        elif isinstance(value, str):
            event[key] = hide_userinfo(value)
    return event


def configure(stream: TextIO | None = None) -> None:
    """Log to `stream`, standard error by default, from level info on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
