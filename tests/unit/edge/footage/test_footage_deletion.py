"""The agent deletes what it was ordered to, after it has looked for itself, and goes on where it was killed."""

from contextlib import suppress
from typing import Any

import pytest

from contract.clock import US_PER_S
from contract.footage import FootageDeleted, FootageKept, NoSpan, SegmentRecorded
from contract.orders import ListFootage, RescueFootage
from edge.footage import deletion
from edge.footage.deletion import QUEUE_MAX, DeletionWorker
from edge.footage.segments import Segment
from edge.footage.sweep_clock import BELIEVED_US
from edge.spool import SpoolFull
from tests.support.deletion_rig import DAY_US, NOW_US, STEPS, TEN_US, Died, Shelf


@pytest.fixture
def shelf(tmp_path: Any) -> Any:
    found = Shelf(tmp_path / "footage")
    yield found
    found.index.close()


def rescue(some: list[Segment], order: str = "o1") -> RescueFootage:
    return RescueFootage("r1", order, some[0].device, "main", [NoSpan(some[0].no, some[-1].no)])


def test_what_is_due_goes_from_the_disk_and_the_index_and_is_told_for_the_whole_order(shelf):
    old = shelf.record(5)
    young = shelf.record(3, from_us=NOW_US - 100 * US_PER_S)
    order = shelf.order(old, spans=[NoSpan(old[0].no - 7, old[-1].no + 7)])
    shelf.deletion.carry_out(order)
    assert shelf.files() == shelf.rows() == [one.no for one in young]
    told = shelf.told_of(FootageDeleted)
    assert told[0] == ("o1", [NoSpan(old[0].no, old[-1].no)], "order")
    assert told[1] == ("o1", order.spans, "order"), "and of numbers that there never were"
    shelf.told.clear()
    shelf.deletion.carry_out(order)
    assert shelf.told_of(FootageDeleted) == [("o1", order.spans, "order")], "asked again it answers the same"


def test_what_is_not_old_enough_by_the_agent_s_own_index_stays_whatever_the_order_says(shelf):
    young = shelf.record(3, from_us=NOW_US - 29 * DAY_US)
    shelf.deletion.carry_out(shelf.order(young))
    assert shelf.told_of(FootageKept) == [("o1", [NoSpan(young[0].no, young[-1].no)], "floor")]
    shelf.deletion.carry_out(shelf.order(young, floor_us=NOW_US + DAY_US))  # a hub whose clock jumped, or that is not the hub
    assert shelf.told_of(FootageKept)[-1][2] == "clock"
    shelf.deletion.carry_out(shelf.order(young, floor_us=NOW_US + DAY_US, days=0))
    assert shelf.told_of(FootageKept)[-1][2] == "clock", "the law's days are the agent's own"
    assert len(shelf.files()) == 3


def test_a_key_camera_s_days_count_as_the_order_says(shelf):
    old = shelf.record(2)
    shelf.deletion.carry_out(shelf.order(old, days=90, floor_us=NOW_US))
    assert shelf.told_of(FootageKept) == [("o1", [NoSpan(old[0].no, old[-1].no)], "clock")]


@pytest.mark.parametrize("jump_days", [400, 2, -400])
def test_a_wall_clock_that_jumped_deletes_nothing(shelf, jump_days):
    old = shelf.record(2)
    shelf.clock.step_wall_us(jump_days * DAY_US)
    shelf.deletion.carry_out(shelf.order(old, floor_us=NOW_US + 400 * DAY_US))
    assert {row[2] for row in shelf.told_of(FootageKept)} == {"clock"}
    assert len(shelf.files()) == 2


def test_a_hub_s_clock_that_jumped_is_not_believed_for_a_week_even_where_the_wall_goes_with_it(shelf):
    young = shelf.record(2, from_us=NOW_US - DAY_US)
    shelf.clock.step_wall_us(400 * DAY_US)
    shelf.sweep_clock.heard(shelf.clock.mono_us(), NOW_US + 400 * DAY_US)
    order = shelf.order(young)
    shelf.deletion.carry_out(order)
    assert shelf.told_of(FootageKept)[-1][2] == "clock"
    shelf.clock.advance_us(BELIEVED_US + US_PER_S)
    shelf.sweep_clock.heard(shelf.clock.mono_us(), NOW_US + 400 * DAY_US + BELIEVED_US + US_PER_S)
    shelf.deletion.carry_out(order)
    assert shelf.files() == []


def test_an_agent_that_has_not_heard_the_hub_s_time_deletes_nothing(shelf):
    old = shelf.record(1)
    shelf.crash()
    shelf.sweep_clock._ahead_us = None
    shelf.deletion.open()
    shelf.deletion.carry_out(shelf.order(old))
    assert shelf.told_of(FootageKept)[-1][2] == "clock"


def test_what_has_no_end_and_what_another_recorder_wrote_is_never_deleted(shelf, tmp_path):
    old = shelf.record(3)
    nvr = tmp_path / "nvr"
    nvr.mkdir()
    (nvr / "a.mp4").write_bytes(b"theirs")
    shelf.index.add(Segment("lobby", "main", old[2].no + 1, old[2].no, old[2].no + TEN_US, 6, "h264", 0, "a.mp4", str(nvr)))
    endless = old[1]._replace(no=old[2].no + 2, start_us=old[2].no, end_us=old[2].no)
    shelf.index.add(endless._replace(path=endless.path.replace(str(old[1].no), str(endless.no))))
    shelf.deletion.carry_out(shelf.order(old, spans=[NoSpan(old[0].no, old[2].no + 2)]))
    assert (nvr / "a.mp4").exists()
    assert sorted(row[2] for row in shelf.told_of(FootageKept)) == ["adopted", "floor"]
    assert shelf.rows() == [old[2].no + 1, old[2].no + 2]


def test_what_lies_between_two_that_stay_is_told_by_itself(shelf):
    made = shelf.record(2) + shelf.record(1, from_us=NOW_US - DAY_US) + shelf.record(0)
    late = made[0]._replace(no=made[2].no + 1)  # its number grew after the clock was set back, and what it shows is old
    path = late.path.rpartition("/")[0].replace(late.path.split("/")[2], made[2].path.split("/")[2])
    (shelf.folder / path).mkdir(parents=True, exist_ok=True)
    (shelf.folder / path / f"{late.no}.mp4").write_bytes(b"x")
    shelf.index.add(late._replace(path=f"{path}/{late.no}.mp4"))
    shelf.deletion.carry_out(shelf.order(made, spans=[NoSpan(made[0].no, late.no)]))
    assert shelf.rows() == shelf.files() == [made[2].no]
    for _, spans, _ in shelf.told_of(FootageDeleted):
        assert not any(span.first <= made[2].no <= span.last for span in spans)


@pytest.mark.parametrize("step", ["", *STEPS])
def test_what_lies_between_the_order_s_spans_is_never_told_to_be_gone(shelf, step):
    """As where the hub holds it: the agent knows no holds, and the index of what is told to be gone is dropped."""
    old = shelf.record(5)
    before, held, after = old[:2], old[2], old[3:]
    spans = [NoSpan(before[0].no, before[-1].no), NoSpan(after[0].no, after[-1].no)]

    def die(at: str) -> None:
        if at == step:
            raise Died

    shelf.hook = die
    with suppress(Died):
        shelf.deletion.carry_out(shelf.order(old, spans=spans))
    shelf.crash()
    shelf.deletion.open()
    assert shelf.files() == shelf.rows() == [held.no]
    told = [span for _, some, _ in shelf.told_of(FootageDeleted) for span in some]
    assert {one.no for one in (*before, *after) if any(span.first <= one.no <= span.last for span in told)} == {
        one.no for one in (*before, *after)
    }
    assert not any(span.first <= held.no <= span.last for span in told)


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_any_step_the_next_start_finishes_and_tells(shelf, step):
    old, young = shelf.record(4), shelf.record(2, from_us=NOW_US - DAY_US)

    def die(at: str) -> None:
        if at == step:
            raise Died

    shelf.hook = die
    with pytest.raises(Died):
        shelf.deletion.carry_out(shelf.order(old))
    shelf.crash()
    shelf.deletion.open()
    assert shelf.files() == shelf.rows() == [one.no for one in young]
    assert ("o1", [NoSpan(old[0].no, old[-1].no)], "order") in shelf.told_of(FootageDeleted)
    assert not (shelf.folder / "deletion.json.part").exists()
    shelf.told.clear()
    shelf.crash()
    shelf.deletion.open()
    assert shelf.told == []


def test_a_full_log_leaves_the_deletion_begun_until_it_can_be_told(shelf):
    old = shelf.record(2)
    good = shelf._tell

    def full(_device: str, _readings: Any) -> None:
        raise SpoolFull("full")

    shelf.deletion._ports = shelf.deletion._ports._replace(tell=full)
    with pytest.raises(SpoolFull):
        shelf.deletion.carry_out(shelf.order(old))
    assert shelf.files() == []
    shelf.deletion._ports = shelf.deletion._ports._replace(tell=good)
    shelf.deletion.repair()
    assert shelf.told_of(FootageDeleted) == [("o1", [NoSpan(old[0].no, old[-1].no)], "order")]


def test_what_is_taken_back_stays_whenever_the_order_comes_again_also_after_a_restart(shelf):
    old = shelf.record(3)
    shelf.deletion.carry_out(rescue(old))
    shelf.crash()
    shelf.deletion.open()
    shelf.deletion.carry_out(shelf.order(old))
    assert {row[2] for row in shelf.told_of(FootageKept)} == {"rescued"}
    assert len(shelf.files()) == 3
    shelf.deletion.carry_out(shelf.order(old, id="o2"))
    assert shelf.files() == [], "another order is another matter"


def test_of_what_is_gone_already_when_it_is_taken_back_the_truth_is_told(shelf):
    old = shelf.record(3)
    shelf.deletion.carry_out(shelf.order(old[:2]))
    shelf.told.clear()
    shelf.deletion.carry_out(rescue(old))
    assert shelf.told_of(FootageKept) == [("o1", [NoSpan(old[2].no, old[2].no)], "rescued")]
    ((order, (span,), _),) = shelf.told_of(FootageDeleted)
    assert (order, span) == ("o1", NoSpan(old[0].no, old[2].no - 1))


def test_a_file_that_the_disk_will_not_let_go_stays_and_is_told(shelf):
    old = shelf.record(3)
    path = shelf.folder / old[1].path
    path.unlink()
    path.mkdir()
    shelf.deletion.carry_out(shelf.order(old))
    assert shelf.rows() == [old[1].no]
    assert shelf.told_of(FootageKept) == [("o1", [NoSpan(old[1].no, old[1].no)], "failed")]


def test_no_link_leads_a_deletion_out_of_the_folder(shelf, tmp_path):
    old = shelf.record(2)
    outside = tmp_path / "outside"
    day = (shelf.folder / old[0].path).parent
    day.rename(outside)
    day.symlink_to(outside)
    shelf.deletion.carry_out(shelf.order(old))
    assert len(list(outside.iterdir())) == 2
    assert {row[2] for row in shelf.told_of(FootageKept)} == {"failed"}


def test_a_full_disk_lets_go_as_much_as_it_lacks_oldest_first_and_nothing_while_there_is_room(shelf):
    young = shelf.record(5, from_us=NOW_US - DAY_US)
    order = shelf.order(young, floor_us=young[-1].end_us, days=0, why="room")
    shelf.deletion.carry_out(order)
    assert shelf.told_of(FootageKept) == [("o1", [NoSpan(young[0].no, young[-1].no)], "room")]
    shelf.lack = 150
    shelf.deletion.carry_out(order)
    assert shelf.files() == [one.no for one in young[2:]]
    assert shelf.told_of(FootageDeleted)[0] == ("o1", [NoSpan(young[0].no, young[1].no)], "drop_oldest")


def test_it_lists_what_is_there_and_tells_what_its_index_has_and_the_disk_has_not(shelf):
    made = shelf.record(3)
    (shelf.folder / made[1].path).unlink()
    shelf.deletion.carry_out(ListFootage("l1", "lobby", "main", 0, 1 << 61))
    assert [one.no for _, one in shelf.told if isinstance(one, SegmentRecorded)] == [made[0].no, made[2].no]
    assert shelf.told_of(FootageDeleted) == [("", [NoSpan(made[1].no, made[1].no)], "missing")]
    assert shelf.rows() == [made[0].no, made[2].no]


def test_orders_wait_in_a_queue_that_has_an_end_and_each_once(shelf):
    worker = DeletionWorker(shelf.deletion)
    old = shelf.record(1)
    for at in range(QUEUE_MAX + 3):
        worker.take(shelf.order(old, id=f"o{at}"))
    worker.take(shelf.order(old, id="o1"))
    assert shelf.deletion.counters.unqueued == 3


def test_the_thread_carries_orders_out_in_their_turn(shelf):
    worker = DeletionWorker(shelf.deletion)
    old = shelf.record(2)
    worker.take(rescue(old, "o9"))
    worker.take(shelf.order(old))
    worker.start()
    for _ in range(400):
        if not shelf.files():
            break
        worker.join(0.01)
    worker.stop()
    assert worker.join(5)
    assert shelf.files() == []
    assert [type(one).__name__ for _, one in shelf.told][:2] == ["FootageKept", "FootageDeleted"]


def test_an_order_that_trips_over_a_bug_keeps_no_other_back(shelf, monkeypatch):
    monkeypatch.setattr(deletion, "RETRY_S", 0.01)
    worker = DeletionWorker(shelf.deletion)
    old = shelf.record(2)
    worker.take(shelf.order(old, id="odd", spans=[NoSpan(0, 1 << 80)]))
    worker.take(shelf.order(old))
    worker.start()
    for _ in range(400):
        if not shelf.files():
            break
        worker.join(0.01)
    worker.stop()
    assert worker.join(5)
    assert shelf.files() == []
