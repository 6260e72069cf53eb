"""The table on disk: whole after a cut at any byte, the one before where it is damaged, none rather than a wrong one."""

import pytest

from contract.permits import Credential
from edge.permits import holding
from edge.permits.holding import FILE, PREVIOUS, TableFile
from tests.support.permit_rig import Hub, many, name

KEY = b"k" * 32


@pytest.fixture
def hub():
    return Hub(KEY, "gate", list(many(20)))


def write(folder, hub, changes=3):
    held, file = hub.table(), TableFile(folder)
    assert file.write(held)
    for number in range(changes):
        order = hub.change(Credential(name(100 + number), "p", "h"), drop=[f"credential:{name(number)}"])
        staged = held.stage(order)
        assert staged is not None
        held.commit(staged)
        assert file.append(order)
    return held, file


def test_a_table_that_is_written_in_several_pieces_loses_none_of_it(tmp_path, hub, monkeypatch):
    monkeypatch.setattr(holding, "_ENTRIES_AT_ONCE", 3)
    held, _ = write(tmp_path, hub, 0)
    found = TableFile(tmp_path).load()
    assert found is not None
    assert (found.hash, len(found)) == (held.hash, len(held))


def test_a_table_and_its_changes_come_back(tmp_path, hub):
    held, _ = write(tmp_path, hub)
    found = TableFile(tmp_path).load()
    assert found is not None
    assert (found.head, found.hash, len(found)) == (held.head, held.hash, len(held))


def test_a_file_that_is_cut_at_any_byte_holds_a_whole_table_or_none(tmp_path, hub):
    heads = {0: hub.table().head}
    held = hub.table()
    TableFile(tmp_path).write(held)
    whole = (tmp_path / FILE).stat().st_size
    _, _ = write(tmp_path, hub)
    (tmp_path / PREVIOUS).unlink()
    data = (tmp_path / FILE).read_bytes()
    for cut in range(0, len(data), 7):
        (tmp_path / FILE).write_bytes(data[:cut])
        file = TableFile(tmp_path)
        found = file.load()
        if cut < whole:
            assert found is None
            assert file.counters.damaged == 1
        else:
            assert found is not None
            assert found.hash == found.head.hash
            assert heads[0].no <= found.head.no <= hub.no
            # what was torn is gone, and the next change follows what is whole
            follower = Hub(KEY, "gate", [], no=found.head.no)
            follower.entries = {}
            assert (tmp_path / FILE).read_bytes().endswith(b"\n")


def test_a_damaged_file_gives_way_to_the_one_before(tmp_path, hub):
    first, _ = write(tmp_path, hub, 2)
    second = hub.table()
    TableFile(tmp_path).write(second)
    data = bytearray((tmp_path / FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / FILE).write_bytes(data)
    file = TableFile(tmp_path)
    found = file.load()
    assert found is not None
    assert found.head == first.head
    assert file.counters.damaged == 1
    assert file.is_due
    (tmp_path / PREVIOUS).write_bytes(b"{}\n")
    assert TableFile(tmp_path).load() is None


def test_a_disk_that_takes_no_change_is_told_and_the_table_is_written_whole_later(tmp_path, hub):
    held, file = write(tmp_path, hub, 0)
    (tmp_path / FILE).rename(tmp_path / "away")
    (tmp_path / FILE).mkdir()
    order = hub.change(Credential(name(7), "p", "h"))
    assert not file.append(order)
    assert (file.counters.unwritten, file.is_due) == (1, True)
    (tmp_path / FILE).rmdir()
    assert not file.append(order)  # a change behind a hole would be worth nothing
    staged = held.stage(order)
    assert staged is not None
    held.commit(staged)
    assert file.write(held)
    found = TableFile(tmp_path).load()
    assert found is not None
    assert found.head == held.head


def test_a_file_with_many_changes_is_due_to_be_written_anew(tmp_path, hub, monkeypatch):
    monkeypatch.setattr(holding, "CHANGES_MAX", 3)
    _, file = write(tmp_path, hub, 2)
    assert not file.is_due
    again = TableFile(tmp_path)
    held = again.load()
    assert held is not None
    assert again.append(hub.change(Credential(name(50), "p", "h")))
    assert again.is_due
    assert again.write(held)
    assert not again.is_due
