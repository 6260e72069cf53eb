"""Where a stream is cut."""

import pytest

from edge.recorder.cutting import GOP_MAX_US, SEGMENT_BYTES_MAX, Sight, verdict

S = 1_000_000


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (Sight(writing=False, key=True, open_us=0), "begin"),
        (Sight(writing=False, key=False, open_us=59 * S), "wait"),
        (Sight(writing=False, key=False, open_us=GOP_MAX_US), "begin_anyway"),
        (Sight(writing=True, key=False, open_us=59 * S), "go_on"),
        (Sight(writing=True, key=True, open_us=8 * S), "go_on"),
        (Sight(writing=True, key=True, open_us=10 * S), "cut"),
        (Sight(writing=True, key=True, open_us=10 * S - 50_000), "cut"),
        (Sight(writing=True, key=False, open_us=GOP_MAX_US), "cut_anyway"),
        (Sight(writing=True, key=True, open_us=GOP_MAX_US), "cut"),
        (Sight(writing=True, key=False, open_us=S, size_bytes=SEGMENT_BYTES_MAX), "cut_anyway"),
        (Sight(writing=True, key=True, open_us=S, changed=True), "cut"),
        (Sight(writing=True, key=False, open_us=S, changed=True), "go_on"),
        (Sight(writing=True, key=True, open_us=S, clock_us=-3600 * S), "cut"),
        (Sight(writing=True, key=True, open_us=S, clock_us=900_000), "go_on"),
        (Sight(writing=True, key=False, open_us=S, clock_us=3600 * S), "go_on"),
    ],
)
def test_a_cut_comes_at_a_key_picture_where_there_is_one(seen, wanted):
    assert verdict(seen, 10 * S) == wanted
