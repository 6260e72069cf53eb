"""What the desk decides, purely: calls by their times, lists by what is open, countdowns."""

import pytest
from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.cases.types import Refusal
from hub.desk import keys
from hub.desk.calls import Call, CallEvent, answer_us, heard, in_order, judge, masked
from hub.desk.checkin import phase, why_unanswerable
from hub.desk.handover import Found, Handover, HandoverItem, Party, may_complete, refreshed, unaccepted

RINGS_US = 15 * US_PER_S


def s(seconds: float | None) -> int | None:
    return None if seconds is None else round((100 + seconds) * US_PER_S)


def call(source="exchange", rang=0.0, answered=None, ended=None, direction="in") -> Call:
    return Call("x", source, direction, "13812345678", 0, "room", s(rang), s(answered), s(ended))


@pytest.mark.parametrize(
    ("one", "now", "outcome", "breach"),
    [
        (call(answered=15), 60, "answered", None),
        (call(answered=15.1), 60, "answered_late", 15),
        (call(), 14.9, "ringing", None),
        (call(), 15, "unanswered", 15),
        (call(ended=14.9), 60, "given_up", None),
        (call(ended=15), 60, "unanswered", 15),
        (call("declared"), 1, "unanswered", 15),
        (call("declared", ended=5), 60, "given_up", None),
        (call("declared", direction="out"), 60, "out", None),
        (call(rang=None, answered=3), 60, "unknown", None),
    ],
)
def test_what_a_call_is_follows_from_its_times(one, now, outcome, breach):
    judged = judge(one, RINGS_US, s(now) or 0)
    assert (judged.outcome, judged.breach_us) == (outcome, s(breach))
    assert (judged.due_us is not None) == (outcome == "ringing")


def test_news_of_a_call_may_come_in_any_order_and_the_earlier_time_is_true():
    one = call(rang=None)
    told: list[tuple[CallEvent, int]] = [("ended", 30), ("answered", 9), ("ringing", 2), ("answered", 7), ("ringing", 5)]
    for event, at in told:
        one = heard(one, event, s(at) or 0)
    assert (one.rang_us, one.answered_us, one.ended_us, answer_us(one)) == (s(2), s(7), s(30), 5 * US_PER_S)


def test_times_that_cannot_be_so_are_told():
    assert in_order(call(answered=3, ended=9), s(9) or 0)
    assert not in_order(call(answered=3, ended=9), s(8) or 0)
    assert not in_order(call(answered=-1), s(60) or 0)


@pytest.mark.parametrize(
    ("number", "shown"), [("13812345678", "138****5678"), ("02112345678", "021****5678"), ("8001", "****"), ("", "")]
)
def test_a_number_is_shown_by_its_ends_alone(number, shown):
    assert masked(number) == shown


def test_a_check_in_waits_is_open_sounds_and_is_over():
    assert [phase(10, 20, now, 5) for now in (9, 10, 14, 15, 20, 21)] == [
        "waiting", "open", "open", "sounding", "sounding", "over",
    ]  # fmt: skip
    assert [why_unanswerable(10, 20, now, is_open=True) for now in (9, 10, 20, 21)] == ["window_not_open", "", "", "window_over"]
    assert why_unanswerable(10, 20, 15, is_open=False) == "window_kept"


def test_a_list_made_anew_keeps_what_was_decided_of_what_has_not_changed():
    def found(about: str, stamp: str) -> Found:
        return Found("key", about, "钥匙", "key", stamp)

    first = refreshed("h", {}, [found("a", "1"), found("b", "1"), found("c", "1")], 5)
    assert first.news == ("key:a", "key:b", "key:c")
    there = {row.item: replace(row, decision="accepted") for row in first.rows}
    again = refreshed("h", there, [found("a", "1"), found("b", "2"), found("d", "1")], 6)
    assert again.news == ("key:b", "key:d")
    assert {row.item: row.decision for row in again.rows} == {"key:b": "", "key:d": "", "key:c": "gone"}
    there |= {row.item: row for row in again.rows}
    assert refreshed("h", there, [found("c", "1")], 7).news == ("key:c",), "what is there again is to be accepted again"


def test_a_rejected_item_is_not_accepted_and_an_ended_one_needs_nobody():
    rows = [HandoverItem("h", name, "key", name, "", "", "", 1, name) for name in ("", "accepted", "rejected", "gone")]
    assert [row.decision for row in unaccepted(rows)] == ["", "rejected"]


def test_nobody_completes_what_they_began_though_they_had_joined_it():
    row = Handover("h", "room", "draft", 1, "li", "Li", "li", leaving_signed_us=2, coming_account="li-2", coming_person="li")
    wrong = may_complete(row, Party("li-2", "Li", "li"), [])
    assert isinstance(wrong, Refusal)
    assert wrong.reason == "same_person"
    assert may_complete(replace(row, coming_account="wang"), Party("wang", "Wang", ""), []) is None


def test_each_act_on_a_key_adds_one_row_to_its_history():
    moved = keys.added(keys.KeyItem("k", "key", "钥匙", "key", "room"), "Li", 1)
    out = keys.issued(moved.item, "zhang", "pump", 9, actor="Li", now_us=2)
    assert not isinstance(out, Refusal)
    back = keys.returned(out.item, "broken", "bent", actor="Li", now_us=3)
    assert not isinstance(back, Refusal)
    assert [one.move.move_no for one in (moved, out, back)] == [1, 2, 3]
    assert (out.move.person, back.move.person, back.item.holder, back.item.due_us) == ("zhang", "zhang", "", None)
    assert isinstance(keys.marked(out.item, "lost", "", actor="Li", now_us=4), Refusal)
