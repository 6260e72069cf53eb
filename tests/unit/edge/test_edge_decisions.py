"""The pure parts: who may pass, what may close, how cards are named, how noise is counted."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import US_PER_S
from contract.names import card_name
from contract.readings import BeamState, CardRead, FireInput, LoopState
from edge.interlocks import STALE_US, Observed, Seen, Sensor, judge
from edge.names import pseudonymous
from edge.noise import PERIOD_US, REASONS_MAX, Noise

KEY = b"k" * 32
BOTH: tuple[Sensor, ...] = ("loop", "beam")
LOOP: tuple[Sensor, ...] = ("loop",)
BEAM: tuple[Sensor, ...] = ("beam",)
CLEAR = Seen(LoopState(occupied=False), BeamState(blocked=False), 0)


@pytest.mark.parametrize(
    ("seen", "fire", "mono_us", "wanted"),
    [
        (CLEAR, "none", 0, "allowed"),
        (CLEAR, "none", STALE_US, "allowed"),
        (CLEAR, "none", STALE_US + 1, "stale"),
        (CLEAR._replace(heard_us=None), "none", 0, "stale"),
        (CLEAR, "active", 0, "fire_active"),
        (CLEAR, "unknown", 0, "fire_unknown"),
        (CLEAR._replace(loop=None), "none", 0, "loop_unknown"),
        (CLEAR._replace(loop=LoopState(occupied=True)), "none", 0, "loop_occupied"),
        (CLEAR._replace(loop=LoopState(occupied=False, faulty=True)), "none", 0, "loop_faulty"),
        (CLEAR._replace(beam=None), "none", 0, "beam_unknown"),
        (CLEAR._replace(beam=BeamState(blocked=True)), "none", 0, "beam_blocked"),
        (CLEAR._replace(beam=BeamState(blocked=False, faulty=True)), "none", 0, "beam_faulty"),
    ],
)
def test_closing_needs_every_sensor_clear_and_lately_heard(seen, fire, mono_us, wanted):
    assert judge("close", BOTH, seen, fire, mono_us) == wanted
    for action in ("open", "stop", "unlock", "snapshot"):
        assert judge(action, BOTH, seen, fire, mono_us) == "allowed"


def test_a_barrier_without_sensors_never_closes():
    assert judge("close", (), CLEAR, "none", 0) == "no_sensor"


def test_only_the_sensors_that_a_barrier_has_are_asked():
    assert judge("close", LOOP, CLEAR._replace(beam=None), "none", 0) == "allowed"
    assert judge("close", BEAM, CLEAR._replace(loop=None), "none", 0) == "allowed"


def test_no_combination_closes_on_anything_but_two_clear_sensors():
    loops = [None, *(LoopState(occupied=o, faulty=f) for o in (True, False) for f in (True, False))]
    beams = [None, *(BeamState(blocked=b, faulty=f) for b in (True, False) for f in (True, False))]
    allowed = [
        (loop, beam)
        for loop, beam, heard in itertools.product(loops, beams, (None, 0))
        if judge("close", BOTH, Seen(loop, beam, heard), "none", 1) == "allowed"
    ]
    assert allowed == [(LoopState(occupied=False), BeamState(blocked=False))]


def test_what_was_seen_is_forgotten_with_the_link_but_a_fire_is_not():
    observed = Observed()
    observed.reading("b", LoopState(occupied=False))
    observed.reading("b", BeamState(blocked=False))
    assert observed.judge("b", "close", BOTH, 0) == "stale"
    observed.heard("b", 10)
    assert observed.judge("b", "close", BOTH, 10) == "allowed"
    observed.reading("panel", FireInput(active=True, name="hall"))
    assert observed.judge("b", "close", BOTH, 10) == "fire_active"
    observed.lost("panel")
    assert observed.judge("b", "close", BOTH, 10) == "fire_active"
    observed.reading("panel", FireInput(active=False, name="other"))
    assert observed.judge("b", "close", BOTH, 10) == "fire_active"
    observed.reading("panel", FireInput(active=False, name="hall"))
    assert observed.judge("b", "close", BOTH, 10) == "allowed"
    observed.lost("b")
    observed.heard("b", 11)
    assert observed.judge("b", "close", BOTH, 11) == "stale"


def test_nothing_closes_before_every_fire_input_that_is_wired_has_spoken():
    observed = Observed([("panel", "hall"), ("panel", "garage")])
    observed.reading("b", LoopState(occupied=False))
    observed.reading("b", BeamState(blocked=False))
    observed.heard("b", 10)
    assert observed.judge("b", "close", BOTH, 10) == "fire_unknown"
    assert observed.judge("b", "open", BOTH, 10) == "allowed"
    observed.reading("panel", FireInput(active=False, name="hall"))
    observed.reading("other", FireInput(active=False, name="garage"))
    assert observed.judge("b", "close", BOTH, 10) == "fire_unknown"
    observed.reading("panel", FireInput(active=True, name="garage"))
    assert observed.judge("b", "close", BOTH, 10) == "fire_active"
    observed.reading("panel", FireInput(active=False, name="garage"))
    assert observed.judge("b", "close", BOTH, 10) == "allowed"


def test_a_card_s_name_tells_its_number_to_nobody_and_its_format_apart():
    plain = CardRead(bits=26, facility=12, number=3456)
    named = pseudonymous(plain, KEY)
    assert (named.facility, named.number, named.bits, named.weak) == (None, None, 26, True)
    assert named.card == card_name(KEY, 12, 3456, 26)
    names = {card_name(KEY, 12, 3456, 26), card_name(KEY, 1, 23456, 26), card_name(KEY, 12, 3456, 34)}
    names |= {card_name(KEY, None, 3456, 26), card_name(KEY, None, 123456, 26), card_name(b"j" * 32, 12, 3456, 26)}
    assert len(names) == 6


def test_a_card_that_has_a_name_keeps_it():
    assert pseudonymous(CardRead(bits=26, card="ab"), KEY).card == "ab"


def test_the_first_noise_is_told_at_once_and_the_rest_once_a_minute():
    noise = Noise()
    first = noise.take("parity", b"\x01\x02", 0)
    assert first is not None
    assert (first.count, first.bytes_hex) == (1, "0102")
    assert [noise.take("parity", bytes([n]), n) for n in range(5)] == [None] * 5
    assert noise.take("length", b"", 3) is not None
    assert noise.due(PERIOD_US - 1) == []
    (told,) = noise.due(PERIOD_US)
    assert (told.reason, told.count, told.bytes_hex) == ("parity", 5, "00")
    assert noise.due(10 * PERIOD_US) == []


@given(st.lists(st.tuples(st.text(max_size=60), st.integers(0, 20 * US_PER_S)), max_size=200))
def test_noise_is_bounded_and_every_finding_is_counted(findings):
    noise = Noise()
    told = []
    mono_us = 0
    for reason, pause_us in findings:
        mono_us += pause_us
        told += noise.due(mono_us)
        reading = noise.take(reason, b"x" * 100, mono_us)
        told += [reading] if reading else []
    told += noise.due(mono_us, all_of_them=True)
    assert sum(reading.count for reading in told) == noise.total == len(findings)
    assert len({reading.reason for reading in told}) <= REASONS_MAX + 1
    assert all(len(reading.bytes_hex) <= 128 for reading in told)
