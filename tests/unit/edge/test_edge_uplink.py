"""The agent's half of the protocol, one rule at a time, against the model hub."""

import pytest

from contract.clock import US_PER_S, ManualClock
from contract.envelope import MAX_BATCH_RECORDS, MAX_PAYLOAD_BYTES, Receipt, decode_batch, encode, seal, unseal
from contract.readings import DoorContact, Measurement, ObjectSeen
from edge.offset import Now
from edge.spool import Entry, Spool, SpoolLimits
from edge.uplink import Phase, Uplink
from tests.support.model_hub import ModelHub

KEY = b"k" * 32
LIMITS = SpoolLimits(bytes_max=1 << 20, age_us_max=1 << 62)
OPEN = DoorContact(True)


class Desk:
    """An uplink on a manual clock, beside a hub that answers when told to."""

    def __init__(self, folder, hub=None):
        self.clock = ManualClock()
        self.folder = folder
        self.hub = hub or ModelHub("estate", "gate-1", KEY)
        self.boot()

    def boot(self):
        self.spool = Spool.open(self.folder / "spool.db", "gate-1", LIMITS, self.clock)
        self.uplink = Uplink("estate", "gate-1", KEY, self.spool, random=lambda: 0.5)

    @property
    def now(self):
        return Now(self.clock.now_us(), self.clock.mono_us())

    def connect(self):
        self.uplink.on_connected(self.now)

    def sends(self):
        return [message.payload for message in self.uplink.next(self.now)]

    def batches(self):
        return [opened(payload) for payload in self.sends()]

    def answer(self, payloads):
        for payload in payloads:
            self.uplink.on_receipt(self.hub.take(payload, self.clock.now_us()), self.now)

    def say(self, verdict, up_to, echo_us=None, **more):
        fields = {"stream": self.spool.stream, "epoch": self.spool.epoch, "boot": self.spool.boot, **more}
        receipt = Receipt(**fields, up_to=up_to, verdict=verdict, hub_us=self.clock.now_us(), echo_us=echo_us)
        topic = self.uplink.receipt_topic
        self.uplink.on_receipt(seal(KEY, topic, encode(receipt)), self.now)

    def settle(self, turns=200):
        """Until the hub holds everything; on a perfect network."""
        for _ in range(turns):
            self.answer(self.sends())
            if self.uplink.idle and self.uplink.phase is Phase.FLOWING:
                return
            self.clock.advance_us(5_000 if self.uplink.phase is Phase.FLOWING else US_PER_S)
        raise AssertionError("the hub never got everything")


def opened(payload):
    return decode_batch(unseal(KEY, "watchkeeper/estate/agents/gate-1/batch", payload))


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.spool.abandon()


def test_nothing_is_said_before_the_connection_and_no_record_before_the_hub_has_answered(desk):
    desk.spool.append("d", OPEN, 1)
    assert desk.sends() == []
    assert desk.uplink.wake_at is None
    desk.connect()
    (greeting,) = desk.sends()
    assert opened(greeting).records == []
    assert (opened(greeting).boot_head, opened(greeting).head, opened(greeting).floor) == (0, 1, 1)
    assert desk.sends() == []
    desk.answer([greeting])
    assert desk.spool.confirmed
    (batch,) = desk.batches()
    assert [r.seq for r in batch.records] == [1]


def test_one_event_goes_at_once_and_more_fill_a_batch_for_a_moment(desk):
    desk.connect()
    desk.settle()
    desk.spool.append("d", OPEN, 1)
    assert len(desk.sends()) == 1
    desk.uplink._window = 8
    desk.spool.append("d", OPEN, 2)
    assert desk.sends() == []
    assert desk.uplink.wake_at == desk.clock.mono_us() + 3_000
    desk.spool.append("d", OPEN, 3)
    desk.clock.advance_us(3_000)
    (batch,) = desk.batches()
    assert [r.seq for r in batch.records] == [2, 3]


def test_a_backlog_goes_in_full_batches_and_the_window_opens_with_receipts(desk):
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(6_000)])
    desk.connect()
    desk.answer(desk.sends())
    first = desk.sends()
    assert len(first) == 1
    sizes = []
    while first:
        for payload in first:
            assert len(payload) <= MAX_PAYLOAD_BYTES
            assert len(opened(payload).records) <= MAX_BATCH_RECORDS
        sizes.append(len(first))
        desk.answer(first)
        desk.clock.advance_us(3_000)
        first = desk.sends()
    assert sizes[:3] == [1, 2, 4]
    assert max(sizes) <= 8
    assert [seq for _, seq, _, _ in desk.hub.committed] == list(range(1, 6_001))


def test_a_record_of_the_largest_size_fits_into_a_batch(desk):
    desk.spool.append("d", ObjectSeen("x" * 63_000, 0.5), 1)
    desk.connect()
    desk.settle()
    assert desk.hub.committed[0][3].label == "x" * 63_000


def test_every_batch_behind_a_lost_one_asks_again_and_once_is_enough(desk):
    desk.connect()
    desk.settle()
    desk.uplink._window = 8
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(2_400)])
    lost, *rest = desk.sends()
    assert len(rest) >= 3
    desk.answer(rest)
    assert desk.uplink.counters.go_backs == 1
    desk.settle()
    assert [seq for _, seq, _, _ in desk.hub.committed] == list(range(1, 2_401))
    assert opened(lost).records[0].seq == 1


def test_silence_ends_in_a_greeting_with_back_off(desk):
    desk.connect()
    desk.settle()
    desk.spool.append("d", OPEN, 1)
    assert len(desk.sends()) == 1
    waits = []
    for _ in range(8):
        before = desk.clock.mono_us()
        desk.clock.advance_us(desk.uplink.wake_at - before)
        (batch,) = desk.batches()
        assert batch.records == []
        waits.append(desk.clock.mono_us() - before)
    assert desk.uplink.counters.timeouts == 1
    assert waits[0] == 10 * US_PER_S
    assert waits[1] < waits[2] < waits[3]
    assert max(waits) <= 60 * US_PER_S
    desk.settle()
    assert len(desk.hub.committed) == 1


def test_an_idle_link_is_probed_without_holding_events_back(desk):
    desk.connect()
    desk.settle()
    desk.clock.advance_us(31 * US_PER_S)
    (batch,) = desk.batches()
    assert batch.records == []
    desk.uplink._window = 2
    desk.spool.append("d", OPEN, 1)
    desk.sends()
    desk.clock.advance_us(3_000)
    assert len(desk.batches()[0].records) == 1


def test_a_paused_hub_is_asked_again_later_and_later(desk):
    desk.hub.paused = True
    desk.spool.append("d", OPEN, 1)
    desk.connect()
    waits = []
    for _ in range(5):
        desk.answer(desk.sends())
        waits.append(desk.uplink.wake_at - desk.clock.mono_us())
        desk.clock.advance_us(waits[-1])
    assert waits == sorted(waits)
    assert not desk.spool.confirmed
    desk.hub.paused = False
    desk.settle()
    assert len(desk.hub.committed) == 1


def test_a_hub_restored_from_a_backup_gets_again_what_it_lacks(desk):
    desk.connect()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(10)])
    desk.settle()
    kept = desk.hub.backup()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(10)])
    desk.settle()
    desk.hub.restore(kept)
    desk.spool.append("d", OPEN, 1)
    desk.settle()
    assert [seq for _, seq, _, _ in desk.hub.committed] == list(range(1, 22))


def test_an_empty_hub_is_told_from_where_the_log_still_holds(desk):
    desk.connect()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(10)])
    desk.settle()
    desk.spool._file.release(8, 1 << 20)
    desk.hub.restore(({}, []))
    desk.uplink.on_disconnected()
    desk.connect()
    desk.settle()
    assert desk.hub.jumps == [(1, 8)]
    assert [seq for _, seq, _, _ in desk.hub.committed] == [9, 10]


def test_receipts_of_others_are_counted_and_ignored(desk):
    desk.connect()
    desk.settle()
    desk.spool.append("d", OPEN, 1)
    desk.sends()
    for more in ({"stream": "0" * 32}, {"epoch": 9}, {"boot": "other"}):
        desk.say("fenced", 0, **more)
    assert desk.uplink.counters.foreign == 3
    desk.uplink.on_receipt(b"junk", desk.now)
    desk.uplink.on_receipt(seal(b"x" * 32, desk.uplink.receipt_topic, b"{}"), desk.now)
    desk.uplink.on_receipt(seal(KEY, desk.uplink.receipt_topic, b'{"stream":"\xff"}'), desk.now)
    assert desk.uplink.counters.bad == 3
    assert (desk.spool.acked, desk.uplink.counters.new_streams) == (0, 0)


def test_a_hub_that_wants_the_same_for_ever_is_not_hammered(desk):
    desk.connect()
    desk.settle()
    desk.spool.append("d", OPEN, 1)
    sent = 0
    for _ in range(50):
        payloads = desk.sends()
        sent += len(payloads)
        for payload in payloads:
            desk.say("want", 0, echo_us=opened(payload).sent_us)
    assert sent < 10
    assert desk.uplink.wake_at > desk.clock.mono_us()


def test_the_offset_is_measured_and_told(desk):
    desk.hub.ahead_us = -5 * US_PER_S
    desk.connect()
    desk.spool.append("d", OPEN, 1)
    desk.settle()
    assert desk.hub.offsets_us == [5 * US_PER_S]


def test_a_receipt_for_the_first_of_several_leaves_the_others_awaited(desk):
    desk.connect()
    desk.settle()
    desk.uplink._window = 8
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(1_500)])
    first, *_ = desk.sends()
    desk.answer([first])
    assert 0 < desk.spool.acked < desk.spool.head
    desk.clock.advance_us(11 * US_PER_S)
    (batch,) = desk.batches()
    assert batch.records == []
    assert desk.uplink.counters.timeouts == 1


def test_a_late_receipt_spares_what_it_names(desk):
    desk.connect()
    desk.settle()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(1_500)])
    (first,) = desk.sends()
    desk.say("want", 0)
    desk.answer([first])
    assert desk.batches()[0].records[0].seq == opened(first).records[-1].seq + 1


def test_while_greeting_only_the_answer_to_the_greeting_starts_the_flow(desk):
    desk.connect()
    desk.settle()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(10)])
    (batch,) = desk.sends()
    desk.clock.advance_us(11 * US_PER_S)
    (greeting,) = desk.sends()
    desk.answer([batch])
    assert desk.spool.acked == 10
    assert desk.uplink.phase.value == "greeting"
    desk.answer([greeting])
    assert desk.uplink.phase.value == "flowing"


# Copies of a log


def test_an_answered_boot_is_cut_at_its_last_receipt(desk):
    desk.connect()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(3)])
    desk.settle()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(3)])
    desk.say("fenced", 900)
    assert (desk.spool.start, desk.spool.head) == (4, 6)


def test_an_older_image_of_the_card_becomes_a_stream_of_its_own_and_nothing_is_lost_or_doubled(tmp_path):
    desk, image = Desk(tmp_path / "card"), tmp_path / "image"
    desk.connect()
    desk.spool.append_many([Entry("d", Measurement("x", n), n) for n in range(10)])
    desk.settle()
    desk.spool.close()
    image.mkdir()
    (image / "spool.db").write_bytes((tmp_path / "card" / "spool.db").read_bytes())
    desk.boot()
    desk.connect()
    desk.spool.append_many([Entry("d", Measurement("x", n), n) for n in range(10, 20)])
    desk.settle()
    desk.spool.close()  # the card dies; the image goes on, at first for two boots without a network
    for boot in range(2):
        restored = Desk(image, desk.hub)
        restored.spool.append_many([Entry("d", Measurement("x", n), n) for n in range(20 + 20 * boot, 40 + 20 * boot)])
        restored.spool.close()
    restored = Desk(image, desk.hub)
    restored.connect()
    restored.settle()
    assert restored.uplink.counters.new_streams == 1
    assert sorted(reading.value for _, _, _, reading in desk.hub.committed) == list(range(60))
    restored.spool.abandon()


def test_two_live_copies_lose_nothing(tmp_path):
    hub = ModelHub("estate", "gate-1", KEY)
    first = Desk(tmp_path / "a", hub)
    first.connect()
    first.spool.append_many([Entry("d", Measurement("x", n), n) for n in range(5)])
    first.settle()
    first.spool.close()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "spool.db").write_bytes((tmp_path / "a" / "spool.db").read_bytes())
    copies = [Desk(tmp_path / "a", hub), Desk(tmp_path / "b", hub)]
    value = 5
    for _ in range(4):
        for copy in copies:
            copy.connect()
            copy.spool.append_many([Entry("d", Measurement("x", value + n), n) for n in range(3)])
            value += 3
            copy.settle()
    assert sorted(reading.value for _, _, _, reading in hub.committed) == list(range(value))
    assert len(hub.streams) == 2
    for copy in copies:
        copy.spool.abandon()


def test_a_receipt_for_more_than_was_ever_sent_means_a_copy(desk):
    desk.connect()
    desk.settle()
    desk.spool.append_many([Entry("d", OPEN, n) for n in range(5)])
    old = desk.spool.stream
    desk.say("committed", 900)
    assert desk.spool.stream != old
    assert desk.spool.start == 1
    desk.settle()
    assert len(desk.hub.committed) == 5


def test_a_hub_that_is_back_and_speaks_first_is_answered_at_once(desk):
    desk.connect()
    desk.sends()
    assert desk.sends() == []  # it backs off
    desk.say("want", 0, boot="of-an-earlier-boot")
    (greeting,) = desk.sends()
    assert opened(greeting).records == []


def test_what_reached_nobody_is_sent_again_when_the_hub_speaks_first(desk):
    desk.connect()
    desk.settle()
    desk.spool.append("d", OPEN, 1)
    (lost,) = desk.sends()
    assert desk.sends() == []
    desk.say("want", 0)
    (again,) = desk.batches()
    assert [r.seq for r in again.records] == [r.seq for r in opened(lost).records] == [1]
