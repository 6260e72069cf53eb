"""Logs: JSON lines that hold no secret."""

import io
import json

import structlog

from edge import logs


def test_a_log_line_is_json_with_chinese_as_it_is_and_secrets_masked():
    stream = io.StringIO()
    old = structlog.get_config()
    try:
        logs.configure(stream)
        structlog.get_logger("x").bind(card_key="k1").info(
            "opened",
            password="p1",
            url="rtsp://admin:p2@cam/1",
            place="东门",
            key="k2",
            monkey="m",
            error="to mqtt://u:p3@h failed",
        )
        structlog.get_logger("x").debug("not shown")
    finally:
        structlog.configure(**old)
    (line,) = stream.getvalue().splitlines()
    assert "东门" in line
    told = json.loads(line)
    assert told["url"] == "rtsp://***@cam/1"
    assert told["error"] == "to mqtt://***@h failed"
    assert (told["password"], told["key"], told["card_key"], told["monkey"]) == ("***", "***", "***", "m")
    assert not any(secret in line for secret in ("p1", "p2", "p3", "k1", "k2"))


def test_an_exception_s_text_is_masked_too():
    event = logs.masked(None, "info", {"exception": "ConnectionError: rtsp://a:b@c"})
    assert event["exception"] == "ConnectionError: rtsp://***@c"
