"""What state a device is in, as far as it has told."""

import pytest

from hub.condition import CONDITIONS, WORDS, Word, condition_of, told

S = 1_000_000


def word(kind: str, said: str, at_s: int, since_s: int | None = None) -> Word:
    return Word("garden", "gate-1", kind, said, (at_s if since_s is None else since_s) * S, at_s * S)


def words(*said: Word) -> dict[str, Word]:
    return {one.kind: one for one in said}


def test_a_device_that_was_never_heard_is_unknown():
    found = condition_of("barrier", {}, agent_heard=True)
    assert (found.name, found.named.zh, found.since_us, found.signals) == ("unknown", "未知", None, ())


def test_a_barrier_is_as_it_told_last_with_its_loop_and_arm_beside_it():
    told_last = words(word("barrier_state", "open", 9, 5), word("loop_state", "occupied", 7), word("arm_state", "off", 8))
    found = condition_of("barrier", told_last, agent_heard=True)
    assert (found.name, found.named.zh, found.since_us) == ("open", "已开", 5 * S)
    assert {(one.name, one.named.abnormal) for one in found.signals} == {("occupied", False), ("off", True)}


def test_the_state_of_a_device_whose_agent_is_silent_is_unknown():
    found = condition_of("door", words(word("door_contact", "closed", 5)), agent_heard=False)
    assert (found.name, found.since_us) == ("unknown", None)
    assert "采集端" in found.named.zh


def test_a_lost_device_is_unknown_and_says_since_when():
    found = condition_of("door", words(word("door_contact", "closed", 5), word("device_link", "down", 6)), agent_heard=True)
    assert (found.name, found.named.abnormal, found.since_us) == ("unknown", True, 6 * S)


def test_what_was_told_before_the_link_came_back_no_longer_counts():
    again = word("device_link", "up", 60)
    before = condition_of("door", words(word("door_contact", "closed", 5), again), agent_heard=True)
    after = condition_of("door", words(word("door_contact", "open", 61, 61), again), agent_heard=True)
    assert (before.name, after.name) == ("unknown", "open")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ([], "live"),
        ([word("picture_dark", "dark", 9)], "dark"),
        ([word("picture_dark", "dark", 9), word("picture_frozen", "frozen", 9)], "frozen"),
        ([word("picture_dark", "light", 9)], "live"),
    ],
)
def test_a_camera_is_dark_or_frozen_before_it_is_live(said, name):
    assert condition_of("camera", words(word("camera_link", "up", 8), *said), agent_heard=True).name == name


def test_a_lost_camera_is_lost_and_not_dark():
    told_last = words(word("camera_link", "down", 9), word("picture_dark", "dark", 8))
    assert condition_of("camera", told_last, agent_heard=True).name == "lost"


def test_of_a_meter_it_is_known_only_whether_it_is_heard():
    assert condition_of("meter", words(word("device_link", "up", 3)), agent_heard=True).name == "in_contact"
    assert condition_of("meter", words(word("device_link", "down", 3)), agent_heard=True).name == "lost"


def test_a_run_of_equal_words_keeps_its_beginning_and_the_run_before_its_end():
    events = [
        ("gate-1", "barrier_state", at_s * S, f'{{"kind":"barrier_state","position":"{position}"}}')
        for at_s, position in [(1, "closed"), (2, "moving"), (3, "open"), (4, "open"), (2, "closed")]
    ]
    assert told("garden", events) == [
        word("barrier_state", "moving", 2),
        word("barrier_state", "open", 4, 3),
    ]


def test_every_word_has_its_words_for_people():
    names = "up", "attached", "occupied", "blocked", "open", "connected", "active", "faulty"
    positions: list[dict[str, object]] = [{"position": one} for one in ("open", "closed", "moving")]
    bodies: list[dict[str, object]] = [{}, *positions] + [{name: True} for name in names]
    for kind, tell in WORDS.items():
        assert {tell(body) for body in bodies} <= set(CONDITIONS[kind])
