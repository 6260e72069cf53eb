"""Permits that change while the agent runs: whole or not at all."""

import os

import pytest
from structlog.testing import capture_logs

from contract.clock import US_PER_S
from contract.names import card_name
from contract.readings import CardRead
from edge import permit_files
from edge.agent import PERMITS_US
from edge.config import AccessRule
from edge.permit_files import MISTAKES_TOLD, PermitBook, read_permits_file
from edge.permits.local import Permit
from tests.support.agent_rig import CARD_KEY, device, running

CARD = card_name(CARD_KEY, 12, 3456, 26)
READ = CardRead(bits=26, facility=12, number=3456)
OTHER = "ab" * 16


def write(path, *cards, more=""):
    """As it should be done: beside it, then renamed."""
    rows = "".join(f"  - card: {card}\n" for card in cards)
    new = path.with_name("new.yaml")
    new.write_text((f"permits:\n{rows}" if cards else "permits: []\n") + more, encoding="utf-8")
    new.rename(path)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "permits.yaml"
    write(path, CARD)
    return path


def rule(path, permits=None):
    return AccessRule("door", "unlock", read_permits_file(path) if permits is None else permits, {}, path)


def events(logs, name):
    return [one for one in logs if one["event"] == name]


def test_a_running_agent_takes_a_changed_file_within_ten_seconds(tmp_path, path):
    with running(tmp_path, device("reader"), device("door"), access={"reader": rule(path)}) as rig:

        def reasons():
            rig.devices["reader"].say(READ)
            return rig.records("access_decided")[-1].reading.reason

        rig.agent.turn()
        assert reasons() == "permit"
        write(path, OTHER)
        rig.clock.advance_us(PERMITS_US - 1)
        rig.agent.turn()
        assert reasons() == "permit"
        rig.clock.advance_us(1)
        rig.agent.turn()
        assert reasons() == "unknown_card"
        write(path, CARD, more="    revoked: true\n")
        rig.clock.advance_us(PERMITS_US)
        rig.agent.turn()
        assert reasons() == "revoked"
        write(path, CARD, CARD)
        rig.clock.advance_us(60 * US_PER_S)
        rig.agent.turn()
        assert reasons() == "revoked"


def test_a_file_that_changed_after_the_settings_were_read_is_not_missed(path):
    book = PermitBook({"r": rule(path)})
    write(path, OTHER)
    book.look()
    assert set(book.of("r")) == {OTHER}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("permits:\n  - card: xyz\n", "permits[0].card: is text"),
        (f"permits:\n  - card: {OTHER}\n  - card: {OTHER}\n", "permits[1].card: stands twice"),
        (f"permits:\n  - card: {OTHER}\n    valid_from: now\n", "is not a time with an offset"),
        ("permits: [", "is not YAML"),
        (None, "permits.yaml"),
    ],
)
def test_a_wrong_file_is_told_once_and_the_old_permits_stay(path, text, says):
    book = PermitBook({"r": rule(path)})
    book.look()
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    with capture_logs() as logs:
        book.look()
        book.look()
    (told,) = events(logs, "permits_refused")
    assert (told["log_level"], told["kept"]) == ("error", 1)
    assert says in told["mistakes"][0]
    assert set(book.of("r")) == {CARD}
    write(path, OTHER)
    book.look()
    assert set(book.of("r")) == {OTHER}


def test_a_flood_of_mistakes_is_cut_in_the_log(path):
    book = PermitBook({"r": rule(path)})
    write(path, *["xyz"] * 40)
    with capture_logs() as logs:
        book.look()
    (told,) = events(logs, "permits_refused")
    assert (len(told["mistakes"]), told["mistakes_total"]) == (MISTAKES_TOLD, 40)


def test_a_file_that_is_not_changed_is_not_read_again_unless_asked(path):
    book = PermitBook({"r": rule(path), "s": rule(path), "inline": AccessRule("door", "unlock", {OTHER: Permit(OTHER)}, {})})
    with capture_logs() as logs:
        book.look()
        book.look()
        assert len(events(logs, "permits_read")) == 1
        book.look(asked=True)
        assert len(events(logs, "permits_read")) == 2
    assert book.of("r") is book.of("s")
    assert set(book.of("inline")) == {OTHER}


def test_a_file_that_is_being_written_is_not_taken_and_tried_again(path, monkeypatch):
    book = PermitBook({"r": rule(path)})
    book.look()
    write(path, OTHER)
    real = permit_files.read_permits_file

    def while_written(at):
        table = real(at)
        os.utime(at, ns=(1, 1))
        return table

    monkeypatch.setattr(permit_files, "read_permits_file", while_written)
    book.look()
    assert set(book.of("r")) == {CARD}
    monkeypatch.undo()
    book.look()
    assert set(book.of("r")) == {OTHER}
