"""Logs: JSON lines that hold no secret."""

import io
import json

import pytest
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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to rtsp://u:p@ss@cam/1 failed", "to rtsp://***@cam/1 failed"),
        ("to rtsp://u:pa/ss@cam/1 failed", "to rtsp://***@cam/1 failed"),
        ("rtsp://u:p@a and mqtt://v:q/@b", "rtsp://***@a and mqtt://***@b"),
        ("rtsp://cam/1, write to li@estate", "rtsp://cam/1, write to li@estate"),
    ],
)
def test_a_password_with_an_at_or_a_slash_is_masked_whole(text, masked):
    assert logs.hide_userinfo(text) == masked
