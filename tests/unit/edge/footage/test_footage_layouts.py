"""The paths of the usual recorders, as they are found on their disks."""

from zoneinfo import ZoneInfo

import pytest

from contract.clock import parse_rfc3339
from edge.footage.layouts import read_path

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("path", "layout", "camera", "start", "end"),
    [
        ("2026-01-31/08/front_door/05.30.mp4", "frigate", "front_door", "2026-01-31T08:05:30Z", None),
        ("recordings/2026-01-31/23/yard/59.50.mp4", "frigate", "yard", "2026-01-31T23:59:50Z", None),
        (
            "IPC-1/2026-01-31/001/dav/08/08.00.00-08.10.00[M][0@0][0].dav", "dahua", "IPC-1",
            "2026-01-31T08:00:00+08:00", "2026-01-31T08:10:00+08:00",
        ),
        (
            "2026-01-31/001/dav/23/23.55.00-00.05.00[R][0@0][0].mp4", "dahua", "",
            "2026-01-31T23:55:00+08:00", "2026-02-01T00:05:00+08:00",
        ),
        ("Gate/20260131AM/Gate-20260131-080000-1769817600.mp4", "synology", "Gate", "2026-01-31T00:00:00Z", None),
        ("Gate/20260131PM/Gate20260131-130000.mp4", None, "", "", None),
        ("Gate/20260131PM/Gate-20260131-130000.mp4", "synology, older", "Gate", "2026-01-31T13:00:00+08:00", None),
        (
            "2026-01-31/NVR1_ch2_main_20260131080000_20260131083000.mp4", "hikvision", "NVR1_ch2",
            "2026-01-31T08:00:00+08:00", "2026-01-31T08:30:00+08:00",
        ),
        ("192.168.1.64_01_20260131080000123_TIMING.mp4", "hikvision", "192.168.1.64_01", "2026-01-31T08:00:00+08:00", None),
        ("ch01_20260131080000.mp4", "hikvision", "ch01", "2026-01-31T08:00:00+08:00", None),
        ("Camera1/2026-01-31/08-00-00.mp4", "a folder a day", "Camera1", "2026-01-31T08:00:00+08:00", None),
        ("Camera1/20260131/080000.mkv", "a folder a day", "Camera1", "2026-01-31T08:00:00+08:00", None),
        ("yard/2026-01-31_08-00-00.mp4", "day and time", "yard", "2026-01-31T08:00:00+08:00", None),
        ("group/monitor/2026-01-31T08-00-00.mp4", "day and time", "monitor", "2026-01-31T08:00:00+08:00", None),
        ("2026-01-31_08-00-00.ts", "day and time", "", "2026-01-31T08:00:00+08:00", None),
    ],
)  # fmt: skip
def test_a_path_says_when_and_which_camera(path, layout, camera, start, end):
    found = read_path(path, SHANGHAI)
    if layout is None:
        assert found is None
        return
    assert found is not None
    assert (found.layout, found.camera) == (layout, camera)
    assert found.start_us == parse_rfc3339(start)
    assert found.end_us == (None if end is None else parse_rfc3339(end))


@pytest.mark.parametrize(
    "path",
    [
        "holiday.mp4", "2026-02-30/08/x/05.30.mp4", "yard/2026-13-01_08-00-00.mp4", "yard/2026-01-31_25-00-00.mp4",
        "datadir0/hiv00000.mp4", "yard/2026-01-31_08-00-00.jpg", "1/2026-01-31/12345/12345-video.mp4", "",
    ],
)  # fmt: skip
def test_what_says_no_time_is_no_footage(path):
    assert read_path(path, SHANGHAI) is None


def test_a_long_name_is_read_at_once():
    assert read_path("a-" * 5000 + "/" + "20260131" * 500 + ".mp4", SHANGHAI) is None
