"""Segments that are sent to the hub: by number alone, whole or not at all, with the agent's seal."""

import os

import msgspec
import pytest

from contract.clock import US_PER_S, ManualClock
from contract.envelope import FOOTAGE_BYTES_MAX, bulk_mac_fits, footage_path
from contract.footage import decode_footage_now
from contract.orders import SendFootage
from edge.footage.index import FootageIndex
from edge.footage.segments import Growing, Segment, own_path
from edge.footage.sending import STALE_US, WAITING_MAX, FootageSender
from edge.pictures import Destination
from tests.support.agent_rig import KEY

TO = Destination("http://hub:1", "lake", "gate", KEY)
NO = 1_760_000_000_000_000


class Stand:
    """An index on a real folder, and a hub that takes or refuses."""

    def __init__(self, folder) -> None:
        self.clock = ManualClock()
        self.index = FootageIndex.open(folder)
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.sender = FootageSender(self.index, TO, self.post, self.clock)

    def post(self, url, headers, body) -> int:
        self.posts.append((url, headers, b"".join(body)))
        return self.status

    def write(self, no: int, data: bytes, start_us: int = 0) -> Segment:
        path = own_path("cam-1", "main", no)
        file = self.index.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        segment = Segment("cam-1", "main", no, start_us, start_us + 10 * US_PER_S, len(data), "h264", 7, path)
        self.index.add(segment)
        return segment

    def send(self, no: int, order: str = "o1", device: str = "cam-1") -> tuple[str, dict[str, str], bytes]:
        self.sender.take(SendFootage(order, device, "main", no))
        assert self.sender.send_next(0)
        return self.posts[-1]


@pytest.fixture
def stand(tmp_path):
    made = Stand(tmp_path / "footage")
    yield made
    made.index.close()


def test_a_segment_is_posted_with_the_agents_seal_over_its_order_and_its_bytes(stand):
    data = os.urandom(600_000)
    stand.write(NO, data)
    url, headers, body = stand.send(NO)
    assert url == "http://hub:1" + footage_path("gate", "o1")
    assert body == data
    assert headers["Content-Length"] == "600000"
    assert bulk_mac_fits(KEY, footage_path("gate", "o1"), data, headers["X-Watchkeeper-Mac"])
    assert not bulk_mac_fits(KEY, footage_path("gate", "o2"), data, headers["X-Watchkeeper-Mac"])
    assert (stand.sender.counters.sent, stand.sender.counters.sent_bytes) == (1, 600_000)


@pytest.mark.parametrize("device", ["cam-1", "../../etc", "cam-1/main/20251009", "\0", ""])
def test_what_is_not_in_the_index_is_told_as_gone_and_no_name_reaches_the_disk(stand, device):
    (stand.index.folder / "secret.mp4").write_bytes(b"secret")
    _, headers, body = stand.send(NO, device=device)
    assert body == b""
    assert bulk_mac_fits(KEY, footage_path("gate", "o1"), b"", headers["X-Watchkeeper-Mac"])
    assert stand.sender.counters.gone == 1


def test_a_file_that_is_gone_or_was_put_behind_a_link_is_not_sent(stand, tmp_path):
    gone = stand.write(NO, b"film")
    stand.index.path_of(gone).unlink()
    assert stand.send(NO)[2] == b""
    linked = stand.write(NO + 1, b"film")
    path = stand.index.path_of(linked)
    path.unlink()
    (tmp_path / "secret").write_bytes(b"secr")
    path.symlink_to(tmp_path / "secret")
    assert stand.send(NO + 1)[2] == b""
    assert (stand.sender.counters.gone, stand.sender.counters.unreadable) == (1, 1)


def test_a_file_that_is_shorter_than_its_row_is_not_sent(stand):
    segment = stand.write(NO, b"0123456789")
    stand.index.path_of(segment).write_bytes(b"0123")
    assert stand.send(NO)[2] == b""
    assert stand.sender.counters.unreadable == 1


def test_what_is_over_the_limit_is_not_sent(stand):
    segment = stand.write(NO, b"x")
    path = stand.index.path_of(segment)
    stand.index.drop("cam-1", "main", [NO])
    os.truncate(path, FOOTAGE_BYTES_MAX + 1)
    stand.index.add(segment._replace(size_bytes=FOOTAGE_BYTES_MAX + 1))
    assert stand.send(NO)[2] == b""
    assert stand.sender.counters.too_long == 1


def test_of_what_grows_the_whole_fragments_are_sent(stand):
    path = stand.index.folder / own_path("cam-1", "main", NO)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"headerfragmenttorn")
    stand.index.grows("cam-1", "main", lambda: Growing(NO, 5, 6, 14, "h264", 6))
    assert stand.send(NO)[2] == b"headerfragment"


def test_the_newest_segments_are_told_with_what_grows_last(stand):
    now_us = stand.clock.now_us()
    stand.write(NO - 1, b"old", now_us - 600 * US_PER_S)
    stand.write(NO, b"film", now_us - 20 * US_PER_S)
    stand.index.grows("cam-1", "main", lambda: Growing(NO + 1, now_us - 10 * US_PER_S, now_us, 14, "h264", 6))
    told = decode_footage_now(stand.send(0)[2])
    assert [one.no for one in told.segments] == [NO, NO + 1]
    assert (told.growing, told.sent_us, told.segments[0].size_bytes) == (True, now_us, 4)
    stand.index.grows("cam-1", "main", lambda: Growing(NO + 1, now_us, now_us, 0, "h264", 0))
    assert not decode_footage_now(stand.send(0, "o4")[2]).growing  # it has begun, and nothing of it can be played
    stand.index.grows("cam-1", "main", None)
    assert not decode_footage_now(stand.send(0, "o2")[2]).growing
    assert decode_footage_now(stand.send(0, "o3", device="cam-9")[2]).segments == []
    with pytest.raises(msgspec.DecodeError):
        decode_footage_now(b"{}")


def test_an_order_that_waited_too_long_and_one_for_which_there_is_no_room_are_dropped(stand):
    for number in range(WAITING_MAX + 3):
        stand.sender.take(SendFootage(f"o{number}", "cam-1", "main", NO))
    assert stand.sender.counters.dropped == 3
    stand.clock.advance_us(STALE_US + 1)
    while stand.sender.send_next(0):
        pass
    assert (stand.sender.counters.dropped, stand.posts) == (WAITING_MAX + 3, [])


def test_a_refusal_and_a_hub_that_is_away_are_counted_and_nothing_is_tried_again(stand):
    stand.write(NO, b"film")
    stand.status = 409
    stand.send(NO)
    stand.status = 500
    stand.send(NO, "o2")

    def away(*_):
        raise OSError("no route")

    sender = FootageSender(stand.index, TO, away, stand.clock)
    sender.take(SendFootage("o3", "cam-1", "main", NO))
    assert sender.send_next(0)
    assert (stand.sender.counters.refused, stand.sender.counters.unsent, sender.counters.unsent) == (1, 1, 1)
    assert not stand.sender.send_next(0)
