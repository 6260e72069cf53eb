import pytest

from contract.readings import AccessDecided, CommandDone, DeviceLink, DoorContact, ExitRequested
from hub.detectors.types import Clear, Raise, Withdraw
from hub.detectors.unexplained import MAX_NEEDS
from tests.scenario.language import At, Reported, Wall, Want, only, play, us

OPEN, SHUT = DoorContact(open=True), DoorContact(open=False)
GRANTED = AccessDecided(card="a1", granted=True, reason="permit")
REFUSED = AccessDecided(card="a1", granted=False, reason="unknown_card")
PASSES = [
    ("reader-1", GRANTED),
    ("reader-2", GRANTED),
    ("reader-1", AccessDecided(card="c1", granted=True, reason="permit", medium="face")),
    ("reader-1", AccessDecided(card="c2", granted=True, reason="leaving", medium="qr")),
    ("button-1", ExitRequested()),
    ("door-1", ExitRequested()),
    ("reader-1", CommandDone(nonce="n", action="unlock", outcome="done", actor="a guard")),
    ("door-1", CommandDone(nonce="n", action="open", outcome="done", actor="a guard")),
]
each_pass = pytest.mark.parametrize(("device", "reading"), PASSES)


def forced(*story):
    """The door was seen shut before; only this detector's findings count."""
    return play(At(-100, "door-1", SHUT), *story, of="door_forced")


def test_a_door_that_opens_though_nothing_let_through_is_forced():
    bench = forced(
        At(0, "door-1", OPEN),
        Reported(0.9, "agent-1"),
        Want(),
        Reported(1, "agent-1"),
        Want("door_forced raised"),
        At(8, "door-1", SHUT),
        Want("door_forced cleared"),
    )
    assert (only(bench, Raise, "door_forced").at_us, only(bench, Clear, "door_forced").at_us) == (us(0), us(8))


@each_pass
def test_a_pass_before_explains_the_opening(device, reading):
    forced(At(0, device, reading), At(10, "door-1", OPEN), Reported(20, "agent-1"), Wall(60))


@each_pass
def test_a_pass_too_long_before_explains_nothing(device, reading):
    forced(At(0, device, reading), At(10.001, "door-1", OPEN), Reported(20, "agent-1"), Want("door_forced raised"))


@each_pass
def test_a_pass_that_arrives_after_the_contact_explains_it(device, reading):
    forced(At(10, "door-1", OPEN), At(9.5, device, reading, came=10.2), Reported(20, "agent-1"), Wall(60))


@each_pass
def test_a_pass_within_the_grace_explains_it(device, reading):
    forced(At(10, "door-1", OPEN), At(11, device, reading), Reported(20, "agent-1"), Wall(60))


@each_pass
def test_a_pass_out_of_a_backlog_takes_the_incident_back(device, reading):
    bench = forced(
        At(10, "door-1", OPEN),
        Reported(20, "agent-1"),
        Want("door_forced raised"),
        At(8, device, reading, came=100),
        Want("door_forced withdrawn: let_through"),
        At(101, "door-1", SHUT),
    )
    assert only(bench, Withdraw, "door_forced").episode == only(bench, Raise, "door_forced").episode


@each_pass
def test_it_does_so_when_the_door_has_shut_and_another_was_forced_since(device, reading):
    bench = forced(
        At(10, "door-1", OPEN),
        Reported(20, "agent-1"),
        Want("door_forced raised"),
        At(25, "door-1", SHUT),
        Want("door_forced cleared"),
        At(60, "door-1", OPEN),
        Reported(70, "agent-1"),
        Want("door_forced raised"),
        At(8, device, reading, came=100),
        Want("door_forced withdrawn: let_through"),
        At(9, device, reading, came=101),
        Want(),
        At(102, "door-1", SHUT),
        Want("door_forced cleared"),
    )
    first = next(one for _, _, one in bench.findings if isinstance(one, Raise))
    assert only(bench, Withdraw, "door_forced").episode == first.episode


def test_of_openings_that_are_over_only_the_last_few_are_remembered():
    steps = []
    for number in range(MAX_NEEDS + 1):
        at = 100.0 * number
        steps += [At(at, "door-1", OPEN), Reported(at + 2, "agent-1"), At(at + 5, "door-1", SHUT)]
    found = ["door_forced raised", "door_forced cleared"] * (MAX_NEEDS + 1)
    came = 100.0 * MAX_NEEDS + 50
    late = [At(-1, "reader-1", GRANTED, came=came), Want(), At(99, "reader-1", GRANTED, came=came + 1)]
    forced(*steps, Want(*found), *late, Want("door_forced withdrawn: let_through"))


@pytest.mark.parametrize(
    ("device", "reading"),
    [
        ("reader-1", REFUSED),
        ("reader-1", CommandDone(nonce="n", action="unlock", outcome="refused", reason="late", actor="a guard")),
        ("door-1", CommandDone(nonce="n", action="open", outcome="done")),
        ("reader-1", CommandDone(nonce="n", action="snapshot", outcome="done")),
        ("barrier-1", CommandDone(nonce="n", action="open", outcome="done", actor="a guard")),
        ("barrier-1", ExitRequested()),
    ],
)
def test_what_lets_nobody_through_here_explains_nothing(device, reading):
    forced(At(9, device, reading), At(10, "door-1", OPEN), Reported(20, "agent-1"), Want("door_forced raised"))


def test_a_door_found_open_at_a_start_was_not_forced():
    play(At(0, "door-1", OPEN), Reported(9, "agent-1"), Wall(99), of="door_forced")


def test_a_door_found_open_after_a_lost_link_was_not_forced():
    forced(
        At(0, "door-1", DeviceLink(up=False, reason="timeout")),
        At(30, "door-1", DeviceLink(up=True)),
        At(30, "door-1", OPEN),
        Reported(60, "agent-1"),
        Wall(99),
    )


def test_the_link_of_a_reader_says_nothing_about_the_door():
    forced(
        At(0, "reader-1", DeviceLink(up=False, reason="timeout")),
        At(1, "door-1", OPEN),
        Reported(9, "agent-1"),
        Want("door_forced raised"),
    )


def test_a_forced_door_that_was_shut_within_the_grace_was_forced_all_the_same():
    bench = forced(
        At(0, "door-1", OPEN),
        At(0.5, "door-1", SHUT),
        Want(),
        Reported(1, "agent-1"),
        Want("door_forced raised", "door_forced cleared"),
    )
    assert only(bench, Clear, "door_forced").at_us == us(0.5)


def test_a_door_that_opens_twice_within_the_grace_is_one_cause():
    forced(
        At(0, "door-1", OPEN),
        At(0.2, "door-1", SHUT),
        At(0.4, "door-1", OPEN),
        Reported(9, "agent-1"),
        Want("door_forced raised"),
        At(10, "door-1", SHUT),
        Want("door_forced cleared"),
    )


def test_an_agent_that_stalls_makes_it_unproven_and_then_proves_it():
    forced(
        At(0, "door-1", OPEN),
        Wall(15.9),
        Want(),
        Wall(16),
        Want("door_forced raised unproven"),
        Reported(1, "agent-1", came=90),
        Want("door_forced raised"),
    )


def test_what_was_unproven_is_withdrawn_by_the_pass_that_comes_after_the_cable_is_mended():
    bench = forced(
        At(0, "door-1", OPEN),
        Wall(16),
        Want("door_forced raised unproven"),
        At(-2, "reader-1", GRANTED, came=90),
        Want("door_forced withdrawn: let_through"),
        Reported(80, "agent-1", came=90),
    )
    assert ("door_forced", "door-1") not in bench.wakes


def test_what_was_unproven_and_shut_is_proven_and_cleared():
    forced(
        At(0, "door-1", OPEN),
        Wall(16),
        Want("door_forced raised unproven"),
        At(17, "door-1", SHUT),
        Want(),
        Reported(18, "agent-1"),
        Want("door_forced raised", "door_forced cleared"),
    )


def test_an_opening_out_of_a_backlog_is_late():
    forced(At(0, "door-1", OPEN, came=301), Reported(300, "agent-1", came=302), Want("door_forced raised late"))


def test_a_clock_that_is_set_back_forces_nothing():
    forced(
        At(5000, "reader-1", GRANTED),
        At(1000, "reader-1", GRANTED, came=5005),
        At(1002, "door-1", OPEN, came=5006),
        Reported(6000, "agent-1"),
    )


def test_the_next_opening_is_a_new_episode():
    bench = forced(
        At(0, "door-1", OPEN),
        Reported(1, "agent-1"),
        At(8, "door-1", SHUT),
        At(20, "door-1", OPEN),
        Reported(21, "agent-1"),
        Want("door_forced raised", "door_forced cleared", "door_forced raised"),
    )
    episodes = [finding.episode for name, _, finding in bench.findings if name == "door_forced" and isinstance(finding, Raise)]
    assert len(set(episodes)) == 2
