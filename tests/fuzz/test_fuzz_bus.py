"""Any bytes, however they are cut: nothing is raised, nothing depends on the cuts, and damage is never a reading."""

import json
from collections.abc import Callable
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.readings import Reading
from drivers.barrier_modbus.decode import BarrierDecoder, BarrierOptions
from drivers.contacts_modbus.decode import ContactsDecoder, ContactsOptions, Meter
from drivers.feed import Feed
from drivers.modbus.frames import READ_INPUTS, Asked, read_pdu, rtu, tcp
from drivers.modbus.listening import RtuEar, TcpEar
from drivers.modbus.slave import Slave
from drivers.mqtt_json.decode import MqttJsonDecoder, MqttJsonOptions, told
from drivers.port import Decoder, Finding

METERS = (Meter(register=0, quantity="power"), Meter(register=4, quantity="energy", format="float32", kind="holding"))
DECODERS: dict[str, Callable[[], Decoder]] = {
    "barrier_modbus": lambda: BarrierDecoder(BarrierOptions()),
    "contacts_modbus": lambda: ContactsDecoder(ContactsOptions(meters=METERS)),
    "frigate": lambda: MqttJsonDecoder(MqttJsonOptions()),
    "zigbee2mqtt": lambda: MqttJsonDecoder(MqttJsonOptions(mapping="zigbee2mqtt")),
}
FEW = settings(max_examples=60, deadline=None)

answers = st.binary(min_size=1, max_size=4).map(lambda data: rtu(1, bytes((2, len(data))) + data))
words = st.binary(min_size=2, max_size=4).filter(lambda data: not len(data) % 2)
meters = st.tuples(st.sampled_from((3, 4)), words).map(lambda both: rtu(1, bytes((both[0], len(both[1]))) + both[1]))
questions = st.tuples(st.integers(0, 9), st.integers(1, 30)).map(lambda both: rtu(1, read_pdu(Asked(READ_INPUTS, *both))))
wire = st.lists(st.one_of(answers, meters, questions, st.binary(max_size=12)), max_size=8).map(b"".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
)
KEYS = ("contact", "tamper", "battery", "state", "type", "after", "label", "score", "id", "current_zones", "false_positive")
objects = st.dictionaries(st.sampled_from(KEYS), values | st.dictionaries(st.sampled_from(KEYS), values, max_size=6), max_size=6)
lines = st.one_of(objects.map(lambda one: json.dumps(one).encode()), st.binary(max_size=40))
topics = st.sampled_from((b"", b"frigate/events ", b"zigbee2mqtt/a ", b"zigbee2mqtt/a/availability ", b"x "))
text = st.lists(st.tuples(topics, lines).map(b"".join), max_size=5).map(b"\n".join)


def said(name: str, data: bytes, cuts: list[int]) -> list[Reading | Finding]:
    feed = Feed(DECODERS[name], max_bytes=131_072)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    items = [item for start, stop in pairwise(edges) for item in feed.push(data[start:stop])]
    return [*items, *feed.end()]


def check(name: str, data: bytes, cuts: list[int]) -> None:
    whole = said(name, data, [])
    assert said(name, data, cuts) == whole
    for item in whole:
        if isinstance(item, Finding):
            assert 0 <= item.offset <= len(data)
        else:
            assert msgspec.json.decode(msgspec.json.encode(item))["kind"] == item.kind


@FEW
@given(name=st.sampled_from(("barrier_modbus", "contacts_modbus")), data=wire, cuts=st.lists(st.integers(0, 999), max_size=8))
def test_any_wire_decodes_to_the_same_however_it_is_cut(name, data, cuts):
    check(name, data, cuts)


@FEW
@given(name=st.sampled_from(("frigate", "zigbee2mqtt")), data=text, cuts=st.lists(st.integers(0, 999), max_size=8))
def test_any_lines_decode_to_the_same_however_they_are_cut(name, data, cuts):
    check(name, data, cuts)


@FEW
@given(data=st.binary(max_size=3000))
def test_noise_is_no_reading(data):
    """A sum of 16 bits lets one noise frame in 65,536 pass; hypothesis does not search for it."""
    for name in ("barrier_modbus", "contacts_modbus"):
        assert not [item for item in said(name, data, []) if isinstance(item, Reading)]


@FEW
@given(
    frames=st.lists(st.one_of(answers, meters), min_size=1, max_size=4),
    which=st.integers(0, 3),
    bits=st.sets(st.integers(0, 71), min_size=1, max_size=2),
)
def test_a_frame_with_flipped_bits_is_never_a_reading(frames, which, bits):
    """A CRC of 16 bits notices every one and two flipped bits in a frame of this length."""
    hit = which % len(frames)
    bent = bytearray(frames[hit])
    for bit in {bit % (8 * len(bent)) for bit in bits}:
        bent[bit // 8] ^= 1 << bit % 8
    for name in ("barrier_modbus", "contacts_modbus"):
        assert not [item for item in said(name, bytes(bent), []) if isinstance(item, Reading)]
        assert [item for item in said(name, bytes(bent), []) if isinstance(item, Finding)]


@FEW
@given(chunks=st.lists(st.binary(max_size=40), max_size=30), transaction=st.integers(0, 0xFFFF))
def test_an_ear_takes_no_noise_for_an_answer(chunks, transaction):
    for ear in (RtuEar(1, READ_INPUTS), TcpEar(1, READ_INPUTS, transaction)):
        heard = 0
        for chunk in chunks:
            heard += len(chunk)
            if ear.feed(chunk):
                break
        findings = ear.findings(0)
        assert all(0 <= finding.offset <= heard for finding in findings)
        if isinstance(ear, RtuEar):
            assert ear.answer is None


@FEW
@given(noise=st.binary(max_size=20).filter(lambda data: 1 not in data), data=st.binary(min_size=1, max_size=4))
def test_an_answer_is_found_behind_noise(noise, data):
    pdu = bytes((2, len(data))) + data
    ear = RtuEar(1, READ_INPUTS)
    assert ear.feed(noise + rtu(1, pdu))
    assert ear.answer == pdu
    late = TcpEar(1, READ_INPUTS, 7)
    assert late.feed(tcp(1, pdu, 6) + tcp(1, pdu, 7))
    assert late.answer == pdu
    assert not late.findings(0)


@FEW
@given(pdu=st.binary(min_size=1, max_size=12))
def test_a_slave_answers_every_question(pdu):
    answer = Slave().answer(pdu)
    assert answer[0] & 0x7F == pdu[0] & 0x7F


@FEW
@given(topic=st.text(max_size=30), message=st.binary(max_size=200) | objects.map(lambda one: json.dumps(one).encode()))
def test_any_message_on_any_topic_is_told_or_found(topic, message):
    for options in (MqttJsonOptions(), MqttJsonOptions(mapping="zigbee2mqtt")):
        told(options, topic, message)
        told(options, options.line_topic, message)
