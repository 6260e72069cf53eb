"""Chunks go through a decoder however they are cut; offsets count from the first byte ever."""

from contract.readings import ExitRequested, Reading
from drivers.feed import Feed
from drivers.port import Decoded, Finding


class Pairs:
    """Two equal bytes are a reading; unequal ones a finding. `XX` needs a third byte that never suffices."""

    def decode(self, data, *, end=False):
        items: list[Reading | Finding] = []
        at = 0
        while len(data) - at >= 2 and data[at : at + 1] != b"X":
            pair = data[at : at + 2]
            items.append(ExitRequested() if pair[0] == pair[1] else Finding("unequal", at, pair))
            at += 2
        return Decoded(at, items)


def test_a_frame_may_come_in_pieces():
    feed = Feed(Pairs)
    assert feed.push(b"a") == []
    assert feed.pending == 1
    assert feed.push(b"ab") == [ExitRequested()]
    assert (feed.offset, feed.pending) == (2, 1)


def test_the_offset_of_a_finding_counts_from_the_first_byte_ever():
    feed = Feed(Pairs)
    assert feed.push(b"aab") == [ExitRequested()]
    assert feed.push(b"bccd") == [ExitRequested(), ExitRequested()]
    assert feed.push(b"e") == [Finding("unequal", 6, b"de")]


def test_what_is_left_at_the_end_is_truncated():
    feed = Feed(Pairs)
    feed.push(b"aab")
    assert feed.end() == [Finding("truncated", 2, b"b")]
    assert feed.end() == []
    assert feed.dropped_bytes == 1


def test_a_decoder_that_lost_its_way_is_given_a_new_start():
    feed = Feed(Pairs, max_bytes=8)
    assert feed.push(b"X" * 20) == [Finding("overflow", 0, b"X" * 8), Finding("overflow", 8, b"X" * 8)]
    assert feed.pending == 4
    assert feed.dropped_bytes == 16


def test_an_overflow_does_not_depend_on_how_the_bytes_are_cut():
    whole, pieces = Feed(Pairs, max_bytes=8), Feed(Pairs, max_bytes=8)
    data = b"aaX" + b"bc" * 10 + b"dd"
    one_by_one = [item for at in range(len(data)) for item in pieces.push(data[at : at + 1])]
    assert whole.push(data) + whole.end() == one_by_one + pieces.end()


def test_a_unit_of_many_megabytes_is_not_shown_to_its_decoder_again_for_each_chunk():
    class Whole:
        shown_bytes = 0

        def decode(self, data, *, end=False):
            Whole.shown_bytes += len(data)
            return Decoded(len(data), [ExitRequested()]) if end else Decoded(0, [])

    feed = Feed(Whole, max_bytes=1 << 24)
    size = 1 << 22
    for _ in range(size // 4096):
        assert feed.push(bytes(4096)) == []
    assert feed.end() == [ExitRequested()]
    assert feed.offset == size
    assert Whole.shown_bytes < 20 * size


def test_a_finding_shows_64_bytes_at_most():
    class Noise:
        def decode(self, data, *, end=False):
            return Decoded(len(data), [Finding("noise", 0, data)] if data else [])

    assert Feed(Noise).push(bytes(1000)) == [Finding("noise", 0, bytes(64))]


def test_a_restart_forgets_what_the_decoder_was_in_the_middle_of():
    class Once:
        """Reads its first byte and no other."""

        def __init__(self):
            self.done = False

        def decode(self, data, *, end=False):
            items: list[Reading | Finding] = [] if self.done or not data else [ExitRequested()]
            self.done = self.done or bool(data)
            return Decoded(len(data), items)

    feed = Feed(Once)
    assert feed.push(b"a") == [ExitRequested()]
    assert feed.push(b"b") == []
    assert feed.restart("truncated") == []
    assert feed.push(b"c") == [ExitRequested()]


def test_a_restart_gives_up_what_is_pending():
    feed = Feed(Pairs)
    feed.push(b"a")
    assert feed.restart("interrupted") == [Finding("interrupted", 0, b"a")]
    assert feed.push(b"bb") == [ExitRequested()]
    assert feed.restart("interrupted") == []
