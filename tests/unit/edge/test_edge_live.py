"""Pictures for people who look just now: sent once, kept nowhere, told by no reading."""

import pytest

from contract.clock import ManualClock
from contract.envelope import bulk_mac_fits, live_path
from contract.orders import ShowPicture, TakeSnapshot
from drivers.port import CommandFailed
from edge.live import STALE_US, UNDER_WAY_MAX, WAITING_MAX, LivePictures, LiveUploader
from edge.pictures import MAX_PICTURE_BYTES, Destination
from tests.support.agent_rig import KEY, device, running, wait_for

JPEG = b"\xff\xd8" + b"x" * 998
TO = Destination("http://hub:1", "lake", "gate", KEY)


def shown(rig, name, camera="camera"):
    """Order a picture, and have the camera give it once it is asked."""
    before = len(rig.devices[camera].acts)
    rig.order(ShowPicture(name, camera))
    wait_for(lambda: len(rig.devices[camera].acts) > before, "the camera to be asked")
    rig.devices[camera].do(lambda sink: sink.picture(JPEG, 640, 360, name))


def test_a_picture_for_somebody_who_looks_is_posted_with_its_mac_and_leaves_no_trace(tmp_path):
    with running(tmp_path, device("camera"), hub_url="http://hub:8080/prefix") as rig:
        shown(rig, "s1")
        wait_for(lambda: rig.agent.counters()["live"]["sent"] == 1, "the post")
        ((url, headers, body),) = rig.posts
        path = url.removeprefix("http://hub:8080/prefix")
        assert path.rpartition("/")[0] == live_path("gate", "s1", 0).rpartition("/")[0]
        assert bulk_mac_fits(KEY, path, body, headers["X-Watchkeeper-Mac"])
        assert not bulk_mac_fits(KEY, path + "0", body, headers["X-Watchkeeper-Mac"])
        assert body == JPEG
        assert rig.records("snapshot_taken") == []
        assert rig.records("command_done") == []
        assert list((tmp_path / "pictures").iterdir()) == []
        assert rig.agent.counters()["orders"]["shows"] == 1


def test_a_stored_snapshot_goes_its_own_way_beside_it(tmp_path):
    with running(tmp_path, device("camera"), hub_url="http://hub:8080") as rig:
        shown(rig, "s1")
        rig.order(TakeSnapshot("t1", "camera"))
        rig.devices["camera"].do(lambda sink: sink.picture(JPEG, 640, 360, "t1"))
        assert [one.reading.order for one in rig.wait("snapshot_taken")] == ["t1"]


def test_a_camera_that_has_none_is_counted_and_asked_again(tmp_path):
    with running(tmp_path, device("camera"), hub_url="http://hub:8080") as rig:
        rig.devices["camera"].act_error = CommandFailed("the camera is not connected")
        rig.order(ShowPicture("s1", "camera"))
        wait_for(lambda: rig.agent.counters()["live"]["failed"] == 1, "the failure")
        assert rig.records("command_done") == []
        rig.devices["camera"].act_error = None
        shown(rig, "s2")
        wait_for(lambda: rig.agent.counters()["live"]["sent"] == 1, "the post")


def test_an_order_that_comes_twice_is_carried_out_once_and_pushes_no_command_out_of_memory(tmp_path):
    with running(tmp_path, device("camera"), hub_url="http://hub:8080") as rig:
        shown(rig, "s1")
        rig.order(ShowPicture("s1", "camera"))
        assert rig.agent.counters()["orders"]["repeated"] == 1
        rig.order(ShowPicture("s2", "nobody"))
        assert rig.agent.counters()["orders"]["unknown_device"] == 1
        assert len(rig.devices["camera"].acts) == 1


def test_one_order_of_a_camera_is_under_way_at_a_time_and_a_lost_one_is_forgotten():
    clock = ManualClock()
    live = LivePictures(clock)
    assert live.begin("s1", "camera-1")
    assert not live.begin("s2", "camera-1")
    assert live.begin("s3", "camera-2")
    clock.advance_us(STALE_US + 1)
    assert live.begin("s4", "camera-1")
    assert not live.take("s1", JPEG)
    assert live.take("s4", JPEG)
    assert live.counters.busy == 1


def test_orders_and_waiting_pictures_are_bounded():
    live = LivePictures(ManualClock())
    assert [live.begin(f"s{n}", f"camera-{n}") for n in range(UNDER_WAY_MAX + 1)] == [True] * UNDER_WAY_MAX + [False]
    for number in range(WAITING_MAX + 1):
        assert live.take(f"s{number}", JPEG)
    assert live.counters.dropped == 1
    assert live.take(f"s{WAITING_MAX + 1}", JPEG[:2] + b"x" * MAX_PICTURE_BYTES)
    assert live.counters.dropped == 2


@pytest.mark.parametrize(
    ("answer", "counter"), [(201, "sent"), (409, "refused"), (503, "unsent"), (OSError("refused"), "unsent")]
)
def test_each_is_posted_once_whatever_the_hub_answers(answer, counter):
    clock = ManualClock()
    live = LivePictures(clock)
    posts: list[str] = []

    def post(url, _headers, _body):
        posts.append(url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    live.begin("s1", "camera-1")
    live.take("s1", JPEG)
    clock.advance_us(1_500_000)
    uploader = LiveUploader(live, TO, post, clock)
    uploader.start()
    try:
        wait_for(lambda: getattr(live.counters, counter) == 1, "the post")
    finally:
        uploader.stop()
        assert uploader.join(30)
    assert posts == ["http://hub:1/agents/gate/live/s1/1500"]


def test_what_waited_too_long_is_not_sent():
    clock = ManualClock()
    live = LivePictures(clock)
    live.begin("s1", "camera-1")
    live.take("s1", JPEG)
    clock.advance_us(STALE_US + 1)
    uploader = LiveUploader(live, TO, lambda *_: pytest.fail("it was sent"), clock)
    uploader.start()
    try:
        wait_for(lambda: live.counters.dropped == 1, "the drop")
    finally:
        uploader.stop()
        assert uploader.join(30)
