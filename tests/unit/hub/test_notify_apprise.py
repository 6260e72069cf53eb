"""Messages to people, sent by the real library to a receiver here."""

import json

import pytest

from hub.notify.apprise.channel import AppriseChannel
from hub.notify.apprise.message import message
from tests.support.outward_rig import Receiver
from tests.unit.hub.test_notify_webhook import notice, titles

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it, when it is used


def test_a_message_says_it_in_chinese_first():
    told = message(notice(), titles)
    assert told.title == "【紧急】门未关 / P2 Door held open"
    assert told.text.startswith("新事件：门未关\nnew: Door held open\n#3 · 待处理 / open · ")
    assert told.urgent


@pytest.mark.parametrize(
    ("fields", "mark", "urgent"),
    [
        ({"late": True}, "（补报）", False),
        ({"proven": False}, "（未证实）", True),
        ({"state": "closed"}, "", False),
        ({"priority": 4}, "", False),
    ],
)
def test_what_is_late_unproven_or_over_says_so(fields, mark, urgent):
    told = message(notice(**fields), titles)
    assert mark in told.title
    assert told.urgent == urgent


def test_a_dead_letter_sent_again_says_so_and_makes_no_sound():
    told = message(notice()._replace(again=True), titles)
    assert "（重发）" in told.title
    assert not told.urgent


def test_it_is_sent_and_a_refusal_is_told():
    with Receiver(200, 500) as receiver:
        channel = AppriseChannel("duty", f"json://127.0.0.1:{receiver.port}/hook", titles)
        assert channel.deliver([notice()]) == (1, None)
        done = channel.deliver([notice(8), notice(9)])
        channel.close()
    assert json.loads(receiver.requests[0][1])["title"] == "【紧急】门未关 / P2 Door held open"
    assert done.done == 0
    assert done.failure is not None
    assert done.failure.sort == "transient"


def test_a_url_that_is_no_services_is_permanent_and_not_repeated_in_the_error():
    done = AppriseChannel("duty", "nothing://token-1234", titles).deliver([notice()])
    assert done.failure is not None
    assert done.failure.sort == "permanent"
    assert "1234" not in done.failure.error
