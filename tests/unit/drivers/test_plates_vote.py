"""Several pictures of one vehicle give one plate; the readings of a picture come as they may."""

from drivers.plates.reader import Read
from drivers.plates.vote import MAX_TRACKS, Rules, State, Verdict, step

RULES = Rules()
HERE = (400, 300, 120, 40)
FAR = (900, 300, 120, 40)


def sure(text, box=HERE, confidence=0.9):
    return Read(text, "blue", confidence, "", box)


def doubtful(text, box=HERE, confidence=0.3):
    return Read(text, "blue", confidence, "opinions_differ" if text else "unreadable", box)


def told(*pictures, rules=RULES, every_s=0.25, state=None):
    """The verdicts with their times, when these readings come one picture after the other."""
    state, found = state or State(), []
    for n, reads in enumerate(pictures):
        after = step(state, n * every_s, reads, rules)
        state = after.state
        found += [(n * every_s, verdict) for verdict in after.verdicts]
    return found


def texts(found):
    return [(verdict.text, verdict.doubtful) for _, verdict in found]


EMPTY: list[list[Read]] = [[]] * 8


def test_two_sure_pictures_are_told_at_once_and_no_more():
    found = told([sure("京A12345")], [sure("京A12345")], [sure("京A12345")], *EMPTY)
    assert found == [(0.25, Verdict(1, "京A12345", "blue", 0.9, doubtful=False, frames=2))]


def test_a_single_sure_picture_is_told_as_doubtful_once_the_vehicle_has_gone():
    ((at_s, verdict),) = told([sure("京A12345")], *EMPTY)
    assert (verdict.text, verdict.doubtful, verdict.frames) == ("京A12345", True, 1)
    assert at_s > RULES.gone_s


def test_sure_pictures_that_differ_are_doubtful():
    found = told([sure("京A12345")], [sure("京A12346")], [sure("京A12345")], [sure("京A12346")], *EMPTY)
    assert texts(found) in ([("京A12345", True)], [("京A12346", True)])


def test_a_doubtful_plate_of_a_vehicle_that_waits_is_told_before_it_leaves():
    pictures = [[doubtful("京A12345")]] * 40
    found = told(*pictures)
    assert texts(found) == [("京A12345", True)]
    assert found[0][0] == RULES.decide_s


def test_what_was_told_as_doubtful_is_told_once_more_when_it_becomes_sure():
    found = told(*[[doubtful("京A12345")]] * 12, [sure("京A12345")], [sure("京A12345")], *[[sure("京A12345")]] * 9)
    assert texts(found) == [("京A12345", True), ("京A12345", False)]
    assert found[0][1].no == found[1][1].no


def test_a_doubtful_picture_between_sure_ones_does_not_spoil_them():
    assert texts(told([sure("京A12345")], [doubtful("京A1234S")], [sure("京A12345")], *EMPTY)) == [("京A12345", False)]


def test_a_plate_that_cannot_be_read_is_told_without_a_text():
    assert texts(told([doubtful("")], [doubtful("")], *EMPTY)) == [("", True)]


def test_a_box_seen_once_in_which_nothing_can_be_read_is_nothing():
    assert told([doubtful("")], *EMPTY) == []


def test_the_same_plate_is_not_told_again_while_it_is_remembered():
    seen = [[sure("京A12345")]] * 3
    assert len(told(*seen, *EMPTY, *seen, *EMPTY)) == 1
    short = Rules(repeat_s=1.0)
    assert len(told(*seen, *EMPTY, *seen, *EMPTY, rules=short)) == 2


def test_the_time_of_not_telling_again_counts_from_when_it_was_last_seen():
    rules = Rules(repeat_s=3.0)
    stays = [[sure("京A12345")]] * 40
    assert len(told(*stays, *EMPTY, *stays, rules=rules)) == 1


def test_a_plate_told_as_doubtful_may_be_told_for_sure_of_a_later_vehicle():
    found = told([sure("京A12345")], *EMPTY, [sure("京A12345")], [sure("京A12345")], *EMPTY)
    assert texts(found) == [("京A12345", True), ("京A12345", False)]


def test_the_next_vehicle_in_the_same_place_is_another():
    found = told(*[[sure("京A12345")]] * 2, *[[sure("沪D92W61")]] * 2, *EMPTY)
    assert texts(found) == [("京A12345", False), ("沪D92W61", False)]


def test_the_next_vehicle_in_the_same_place_is_another_though_it_cannot_be_read_well():
    found = told(*[[sure("京A12345")]] * 2, *[[doubtful("沪D92W61")]] * 2, *EMPTY)
    assert texts(found) == [("京A12345", False), ("沪D92W61", True)]


def test_two_vehicles_side_by_side_are_two():
    both = [sure("京A12345"), sure("沪D92W61", FAR)]
    assert sorted(texts(told(both, both, *EMPTY))) == [("京A12345", False), ("沪D92W61", False)]


def test_two_plates_of_one_picture_are_never_one_vehicle():
    both = [sure("京A12345"), sure("京A12346", (430, 300, 120, 40))]
    assert len(texts(told(both, both, *EMPTY))) == 2


def test_a_vehicle_that_drives_is_followed_by_its_text():
    moving = [[sure("京A12345", (100 + 300 * n, 300, 120, 40))] for n in range(3)]
    assert len(told(*moving, *EMPTY)) == 1


def test_the_best_picture_of_each_vehicle_is_named():
    first = step(State(), 0.0, [sure("京A12345", confidence=0.7)], RULES)
    better = step(first.state, 0.25, [sure("京A12345", confidence=0.9)], RULES)
    worse = step(better.state, 0.5, [sure("京A12345", confidence=0.8)], RULES)
    assert [one.best_of for one in (first, better, worse)] == [(1,), (1,), ()]


def test_more_vehicles_than_are_followed_are_let_go_and_counted():
    crowd = [sure(f"京A{n:05d}", (n * 500, 0, 20, 10)) for n in range(10_000, 10_000 + 7_919 * (MAX_TRACKS + 2), 7_919)]
    after = step(State(), 0.0, crowd, RULES)
    assert len(after.state.tracks) == MAX_TRACKS
    assert after.state.let_go == 2
    assert len(after.gone) == 2
    assert all(verdict.doubtful for verdict in after.verdicts)
