"""What was enrolled when: histories that never overlap."""

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hub.cases.types import Refusal
from hub.duties.types import Medium, Tag
from hub.tags.tagbook import Known, Owner, TagChange, at, enrol, replace, revoke

A, B = "04A22B7C", "04FFFFFF"
LABEL = "KRUGS4ZANFZSAYJO"
KNOWN = Known(("pump-room", "gate"), ("li-wei",))
PUMP, GATE = Owner(place="pump-room"), Owner(place="gate")


def done(answer) -> TagChange:
    assert isinstance(answer, TagChange), answer
    return answer


def begun_by(answer) -> Tag:
    row = done(answer).begun
    assert row is not None
    return row


def refused(answer, reason):
    assert isinstance(answer, Refusal), answer
    assert answer.reason == reason
    assert " / " in answer.message
    return answer.message


def test_a_new_tag_counts_from_now_on():
    begun = begun_by(enrol((), A, "nfc", PUMP, KNOWN, 100))
    assert begun == Tag(A, "nfc", "pump-room", "", 100)
    assert at([begun], 99) is None
    assert at([begun], 100) is begun
    assert at([begun], 10**15) is begun


def test_a_person_may_have_a_tag_where_the_estate_knows_the_person():
    assert begun_by(enrol((), A, "card", Owner(person="li-wei"), KNOWN, 1)) == Tag(A, "card", "", "li-wei", 1)
    assert "perhaps li-wei" in refused(enrol((), A, "card", Owner(person="li-wai"), KNOWN, 1), "unknown_person")
    refused(enrol((), A, "card", Owner(person="li-wei"), Known(KNOWN.places, ()), 1), "unknown_person")


def test_an_unknown_place_is_refused_with_the_nearest():
    told = refused(enrol((), A, "nfc", Owner("pumproom"), KNOWN, 1), "unknown_place")
    assert told == "没有位置“pumproom”，是否为 pump-room？ / the estate has no place 'pumproom', perhaps pump-room"


def test_a_tag_is_of_a_place_or_of_a_person():
    refused(enrol((), A, "nfc", Owner(), KNOWN, 1), "wrong_owner")
    refused(enrol((), A, "nfc", Owner("gate", "li-wei"), KNOWN, 1), "wrong_owner")


def test_a_tag_that_stands_elsewhere_is_refused_and_says_where():
    history = done(enrol((), A, "nfc", PUMP, KNOWN, 1)).rows
    for owner in (GATE, PUMP):
        assert "pump-room" in refused(enrol(history, A, "nfc", owner, KNOWN, 2), "tag_enrolled")


def test_a_name_must_fit_its_medium():
    wrong: list[tuple[str, Medium]] = [(A, "qr"), (LABEL, "nfc"), (A, "hand"), (A.lower(), "nfc")]
    for tag, medium in wrong:
        refused(enrol((), tag, medium, PUMP, KNOWN, 1), "bad_tag")
    first = done(enrol((), A, "nfc", PUMP, KNOWN, 1)).rows
    refused(replace(first, A, (), B, "qr", "broken", 2), "bad_tag")


def test_a_revoked_tag_ends_and_may_be_enrolled_anew_elsewhere():
    first = begun_by(enrol((), A, "nfc", PUMP, KNOWN, 100))
    (ended,) = done(revoke([first], A, "lost", 200)).rows
    assert ended == msgspec.structs.replace(first, until_us=200, reason="lost")
    assert at([ended], 199) is ended
    assert at([ended], 200) is None
    again = begun_by(enrol([ended], A, "nfc", GATE, KNOWN, 300))
    assert [row and row.place for row in (at([ended, again], us) for us in (150, 250, 350))] == ["pump-room", None, "gate"]


def test_what_is_not_enrolled_is_neither_revoked_nor_replaced():
    refused(revoke((), A, "lost", 1), "unknown_tag")
    refused(replace((), A, (), B, "nfc", "lost", 1), "unknown_tag")
    ended = done(revoke(done(enrol((), A, "nfc", PUMP, KNOWN, 1)).rows, A, "lost", 2)).rows
    refused(revoke(ended, A, "lost", 3), "tag_ended")
    refused(replace(ended, A, (), B, "nfc", "lost", 3), "tag_ended")


def test_a_replacement_stands_where_the_old_one_stood_from_the_same_instant():
    first = done(enrol((), A, "nfc", PUMP, KNOWN, 100)).rows
    ended, begun = done(replace(first, A, (), LABEL, "qr", "torn off", 200)).rows
    assert (ended.until_us, ended.reason) == (200, "torn off")
    assert begun == Tag(LABEL, "qr", "pump-room", "", 200)


def test_a_replacement_may_not_stand_elsewhere_nor_be_the_same():
    first = done(enrol((), A, "nfc", PUMP, KNOWN, 1)).rows
    other = done(enrol((), B, "nfc", GATE, KNOWN, 1)).rows
    refused(replace(first, A, other, B, "nfc", "broken", 2), "tag_enrolled")
    refused(replace(first, A, first, A, "nfc", "broken", 2), "same_tag")
    free = done(revoke(other, B, "moved", 5)).rows
    ended, begun = done(replace(first, A, free, B, "nfc", "broken", 3)).rows  # the clock was set back meanwhile
    assert ended.until_us == begun.from_us == 5


steps = st.tuples(st.sampled_from(["enrol", "revoke", "replace"]), st.sampled_from([A, B]), st.integers(0, 30))


@given(st.lists(steps, max_size=30))
def test_whatever_is_done_and_however_the_clock_is_set_no_history_overlaps_or_loses_a_row(acts):
    rows: dict[tuple[str, int], Tag] = {}

    def history(tag):
        return sorted((row for (name, _), row in rows.items() if name == tag), key=lambda row: row.from_us)

    for act, tag, now_us in acts:
        other = B if tag == A else A
        if act == "enrol":
            answer = enrol(history(tag), tag, "nfc", PUMP, KNOWN, now_us)
        elif act == "revoke":
            answer = revoke(history(tag), tag, "lost", now_us)
        else:
            answer = replace(history(tag), tag, history(other), other, "nfc", "lost", now_us)
        if isinstance(answer, Refusal):
            continue
        if answer.begun is not None:
            assert (answer.begun.tag, answer.begun.from_us) not in rows
        if answer.ended is not None:
            assert rows[answer.ended.tag, answer.ended.from_us].until_us is None
        rows.update({(row.tag, row.from_us): row for row in answer.rows})
        for name in (A, B):
            found = history(name)
            assert all(row.until_us is None or row.from_us <= row.until_us for row in found)
            for earlier, later in pairwise(found):
                assert earlier.until_us is not None
                assert earlier.until_us <= later.from_us
