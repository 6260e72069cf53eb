"""What may come in."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import ManualClock
from contract.envelope import Batch, Record, encode, seal
from contract.orders import Nonce
from contract.readings import AlarmInput, DoorContact, Dropped, Heartbeat
from contract.topics import agent_topic
from hub.ingest import gate
from hub.ingest.gate import Admitted, BatchMessage, LostMessage, NonceMessage, Poison, Refused, StreamMark
from tests.support.site_rig import KEY, OTHER_KEY, SITE, STREAM, ModelAgent

NOW_US = ManualClock().now_us()
KEYS = {"gatehouse": KEY, "cellar": OTHER_KEY}
TOPIC = agent_topic(SITE, "gatehouse", "batch")


def agent(**more: Any) -> ModelAgent:
    made = ModelAgent(ManualClock(), **more)
    for number in range(1, 7):
        made.note("door-1", DoorContact(open=number % 2 == 0))
    return made


def opened(message: Any) -> Any:
    return gate.open_message(SITE, KEYS.get, message.topic, message.payload)


def mark(at: int, **more: Any) -> StreamMark:
    row: dict[str, Any] = {
        "stream": STREAM,
        "agent": "gatehouse",
        "mark": at,
        "epoch": 1,
        "boot": "boot-1",
        "heard_us": 0,
        "sent_us": 0,
        "offset_us": 0,
    }
    return StreamMark(**(row | more))


def admitted(made: ModelAgent, first: int, last: int, known: StreamMark | None) -> Admitted | Refused:
    return gate.admit(opened(made.batch(made.log[first - 1 : last])), known, NOW_US)


def raw(made: ModelAgent, records: list[bytes], **head: Any) -> Any:
    """A batch whose records are any bytes."""
    fields = msgspec.to_builtins(Batch(STREAM, 1, "boot-1", 0, 1, 6, NOW_US)) | head
    fields["records"] = [msgspec.Raw(record) for record in records]
    return made.sealed(msgspec.json.encode(fields))


def test_a_genuine_batch_is_opened():
    made = agent()
    message = opened(made.batch(made.log))
    assert isinstance(message, BatchMessage)
    assert message.agent == "gatehouse"
    assert message.records == made.log


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("watchkeeper/garden/agents/gatehouse", "unknown_topic"),
        ("watchkeeper/other/agents/gatehouse/batch", "unknown_topic"),
        (agent_topic(SITE, "stranger", "batch"), "unknown_agent"),
        (agent_topic(SITE, "gatehouse", "receipt"), "unknown_topic"),
        (agent_topic(SITE, "gatehouse", "order"), "unknown_topic"),
    ],
)
def test_a_message_elsewhere_is_refused_and_alarms_nobody(topic: str, reason: str):
    refused = gate.open_message(SITE, KEYS.get, topic, b"")
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.foreign) == (reason, False)


def test_a_batch_sealed_with_another_agents_key_is_foreign():
    forged = agent(key=OTHER_KEY)
    assert opened(forged.batch(forged.log)) == Refused("wrong_mac", "gatehouse", foreign=True)


def test_a_batch_moved_to_another_agents_topic_is_foreign():
    message = agent().batch([])
    topic = agent_topic(SITE, "cellar", "batch")
    assert gate.open_message(SITE, KEYS.get, topic, message.payload) == Refused("wrong_mac", "cellar", foreign=True)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b"null", b"[" * 60_000, b'{"records":' + b"[" * 60_000, b'{"stream":"' + b"\xff" * 9 + b'"}'],
)
def test_nonsense_under_a_good_seal_is_refused(body: bytes):
    assert opened(agent().sealed(body)) == Refused("undecodable", "gatehouse", foreign=True)


@pytest.mark.parametrize(
    "head",
    [
        {"stream": "x"},
        {"boot": "a\0b"},
        {"boot": ""},
        {"epoch": -1},
        {"start": 0},
        {"head": 2**60},
        {"sent_us": -1},
        {"offset_us": 10**17},
    ],
)
def test_a_head_that_no_agent_writes_is_refused(head: dict[str, Any]):
    assert opened(raw(agent(), [], **head)) == Refused("bad_head", "gatehouse", foreign=True)


def test_one_poisonous_record_does_not_spoil_its_neighbours():
    made = agent()
    good = [encode(record) for record in made.log[:3]]
    good[1] = b'{"seq":2,"device":"door-1","at_us":1,"reading":{"kind":"from_the_future","x":[1]}}'
    message = opened(raw(made, good))
    assert isinstance(message, BatchMessage)
    assert message.records == [made.log[0], Poison(2, 2, good[1]), made.log[2]]


def test_a_poisonous_record_that_has_no_number_spoils_the_batch():
    assert opened(raw(agent(), [b'{"device":"door-1"}'])) == Refused("undecodable", "gatehouse", foreign=True)


@pytest.mark.parametrize("field", ["at_us", "device_at_us"])
@pytest.mark.parametrize("value", [-1, 2**63, 10**30])
def test_times_that_no_database_holds_are_poison(field: str, value: int):
    made = agent()
    record = msgspec.to_builtins(made.log[0]) | {field: value}
    message = opened(raw(made, [msgspec.json.encode(record)]))
    assert [type(one) for one in message.records] == [Poison]


def test_a_nul_in_a_text_is_poison_as_postgresql_could_not_hold_it():
    made = agent()
    body = b'{"seq":1,"device":"door-1","at_us":1,"reading":{"kind":"alarm_input","active":true,"name":"a\\u0000b"}}'
    assert [type(one) for one in opened(raw(made, [body])).records] == [Poison]


@pytest.mark.parametrize("text", ["x" * 201, "门" * 201, '"' * 201], ids=["plain", "chinese", "escaped"])
def test_a_text_over_the_limit_is_poison_by_itself(text: str):
    made = agent()
    made.log[1] = msgspec.structs.replace(made.log[1], reading=AlarmInput(active=True, name=text))
    records = opened(made.batch(made.log)).records
    assert [record.reason for record in records if isinstance(record, Poison)] == ["too_long_text"]
    assert [record.seq for record in records if isinstance(record, Poison)] == [2]
    made.log[0] = msgspec.structs.replace(made.log[0], reading=Heartbeat(sources={text: 1}))
    body = msgspec.json.encode(made.log[0])
    assert [one.reason for one in opened(raw(made, [body, b'{"seq":2}'])).records] == ["too_long_text", "undecodable"]


def test_a_text_at_the_limit_is_taken():
    made = agent()
    made.log[1] = msgspec.structs.replace(made.log[1], reading=AlarmInput(active=True, name="门" * 199 + '"'))
    assert opened(made.batch(made.log)).records == made.log


def test_a_batch_with_a_hole_inside_is_refused():
    made = agent()
    assert opened(made.batch([made.log[0], made.log[2]])) == Refused("not_contiguous", "gatehouse", foreign=True)


def test_a_dropped_range_is_contiguous_with_what_follows_it():
    made = agent()
    gap = msgspec.structs.replace(made.log[0], reading=Dropped(last_seq=4))
    assert isinstance(opened(made.batch([gap, *made.log[4:]])), BatchMessage)
    assert isinstance(opened(made.batch([gap, *made.log[3:]])), Refused)


def test_a_range_that_ends_before_it_begins_is_refused():
    made = agent()
    gap = msgspec.structs.replace(made.log[4], reading=Dropped(last_seq=1))
    assert opened(made.batch([gap])) == Refused("not_contiguous", "gatehouse", foreign=True)


def test_what_is_committed_already_is_left_out_and_counted():
    outcome = admitted(agent(), 1, 6, mark(4))
    assert isinstance(outcome, Admitted)
    assert [record.seq for record in outcome.records] == [5, 6]
    assert (outcome.duplicates, outcome.mark.mark, outcome.verdict) == (4, 6, "committed")


def test_a_gap_is_asked_for_and_nothing_is_taken():
    outcome = admitted(agent(), 3, 6, mark(1))
    assert isinstance(outcome, Admitted)
    assert (outcome.verdict, outcome.records, outcome.mark.mark) == ("want", [], 1)


def test_a_log_that_begins_later_than_the_mark_is_a_jump():
    made = agent()
    made.floor = 3
    outcome = admitted(made, 3, 6, mark(1))
    assert isinstance(outcome, Admitted)
    assert (outcome.jumped, outcome.verdict, outcome.mark.mark) == ((2, 2), "committed", 6)


def test_of_a_dropped_range_only_what_is_not_committed_is_taken():
    made = agent()
    gap = msgspec.structs.replace(made.log[0], reading=Dropped(last_seq=5))
    outcome = gate.admit(opened(made.batch([gap, made.log[5]])), mark(3), NOW_US)
    assert isinstance(outcome, Admitted)
    assert [record.seq for record in outcome.records] == [4, 6]
    assert outcome.mark.mark == 6


def test_the_counts_of_the_rest_of_a_dropped_range_fit_into_it():
    made = agent()
    gap = msgspec.structs.replace(made.log[0], reading=Dropped(last_seq=5, measurements=2, events=1, alarms=2))
    outcome = gate.admit(opened(made.batch([gap, made.log[5]])), mark(2), NOW_US)
    assert isinstance(outcome, Admitted)
    assert isinstance(outcome.records[0], Record)
    assert outcome.records[0].reading == Dropped(last_seq=5, measurements=0, events=1, alarms=2)


def test_a_greeting_asks_for_what_is_missing():
    made = agent()
    for at, verdict in ((6, "committed"), (4, "want")):
        outcome = gate.admit(opened(made.batch([])), mark(at), NOW_US)
        assert isinstance(outcome, Admitted)
        assert outcome.verdict == verdict


def test_a_new_stream_begins_before_its_start():
    made = agent()
    made.start = 6
    outcome = admitted(made, 6, 6, None)
    assert isinstance(outcome, Admitted)
    assert (outcome.mark.mark, outcome.jumped) == (6, None)


def test_another_agents_stream_is_refused():
    assert admitted(agent(), 1, 6, mark(0, agent="cellar")) == Refused("foreign_stream", "gatehouse", foreign=True)


def test_an_older_boot_is_fenced():
    assert admitted(agent(), 1, 6, mark(3, epoch=2, boot="boot-2")) == Refused("fenced", "gatehouse", "fenced", foreign=True)


def test_the_same_epoch_under_another_boot_is_fenced():
    assert admitted(agent(), 1, 6, mark(3, boot="twin")) == Refused("fenced", "gatehouse", "fenced", foreign=True)


def test_an_older_boots_late_copy_of_what_is_committed_alarms_nobody():
    assert admitted(agent(), 1, 6, mark(6, epoch=2, boot="boot-2")) == Refused("fenced", "gatehouse", "fenced", foreign=False)


def test_a_log_that_was_set_back_is_told_so():
    made = agent()
    made.epoch, made.boot, made.boot_head = 2, "boot-2", 3
    assert admitted(made, 4, 6, mark(5)) == Refused("rewound", "gatehouse", "rewound", foreign=True)
    assert isinstance(admitted(made, 4, 6, mark(3)), Admitted)


def test_a_boot_that_is_known_may_send_old_batches_again():
    made = agent()
    early = made.batch(made.log[:2])
    assert isinstance(gate.admit(opened(early), mark(6), NOW_US), Admitted)


@pytest.mark.parametrize(
    ("said", "shown", "used"),
    [
        (None, 0, 0),
        (None, 500_000, 0),
        (None, -40 * 365 * 86_400_000_000, -40 * 365 * 86_400_000_000),
        (2_000, 2_500, 2_000),
        (0, 400_000_000, 400_000_000),  # it says it sent in the future
        (0, -4_000_000_000, 0),  # it was held up on its way
    ],
)
def test_the_agents_clock_is_believed_unless_the_batch_shows_otherwise(said: int | None, shown: int, used: int):
    head = Batch(STREAM, 1, "boot-1", 0, 1, 6, NOW_US + shown, offset_us=said)
    assert gate.clock_offset_us(head, NOW_US) == used


def test_a_nonce_is_opened_under_its_seal_only():
    made = agent()
    topic = agent_topic(SITE, "gatehouse", "nonce")
    nonce = Nonce("order-1", "n")
    sealed = made.sealed(encode(nonce))
    assert gate.open_message(SITE, KEYS.get, topic, sealed.payload) == Refused("wrong_mac", "gatehouse", foreign=True)
    assert gate.open_message(SITE, KEYS.get, topic, gate_seal(topic, encode(nonce))) == NonceMessage("gatehouse", nonce)


def gate_seal(topic: str, body: bytes) -> bytes:
    return seal(KEY, topic, body)


def test_a_last_will_is_a_hint_and_other_statuses_are_nothing():
    topic = agent_topic(SITE, "gatehouse", "status")
    assert gate.open_message(SITE, KEYS.get, topic, b'{"online":false}') == LostMessage("gatehouse")
    assert not isinstance(gate.open_message(SITE, KEYS.get, topic, b'{"online":true}'), Refused | LostMessage)
    assert not isinstance(gate.open_message(SITE, KEYS.get, topic, b""), Refused | LostMessage)
    assert isinstance(gate.open_message(SITE, KEYS.get, topic, b"x" * 5_000), Refused)


@given(payload=st.binary(max_size=200), leaf=st.sampled_from(["batch", "nonce", "status"]), sealed=st.booleans())
def test_no_bytes_make_the_gate_raise(payload: bytes, leaf: Any, sealed: bool):
    topic = agent_topic(SITE, "gatehouse", leaf)
    gate.open_message(SITE, KEYS.get, topic, gate_seal(topic, payload) if sealed else payload)


@given(sends=st.lists(st.tuples(st.integers(1, 12), st.integers(0, 5)), max_size=25))
def test_whatever_is_sent_again_or_out_of_order_each_number_is_taken_once(sends: list[tuple[int, int]]):
    made = ModelAgent(ManualClock())
    for number in range(1, 13):
        made.note("door-1", DoorContact(open=number % 2 == 0))
    known: StreamMark | None = None
    taken: list[int] = []
    rest = [(first, 12) for first in range(1, 13)]
    for first, more in [*sends, *rest]:
        outcome = admitted(made, first, min(12, first + more), known)
        assert isinstance(outcome, Admitted)
        known = outcome.mark
        taken += [record.seq for record in outcome.records]
        assert known.mark == len(taken)
    assert taken == list(range(1, 13))
