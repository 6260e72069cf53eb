"""The label key is made once, for its owner alone, and is never made anew in place of one that is damaged."""

import os
import stat
from threading import Barrier, Thread

import pytest

from hub.tags.keyfile import KEY_FILE, BadLabelKey, LabelKey

TAG = "KRUGS4ZANFZSAYJO"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / KEY_FILE


def test_nothing_is_made_before_a_label_is(path):
    LabelKey(path)
    assert not path.parent.exists()


def test_the_key_is_made_at_first_need_for_its_owner_alone_and_found_again(path):
    umask = os.umask(0)
    try:
        text = LabelKey(path, "https://a.example").text(TAG)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [KEY_FILE]
    assert text.startswith("https://a.example/t/")
    assert LabelKey(path).read(text) == TAG


def test_many_at_once_get_the_same_key(path):
    labels, gate = LabelKey(path), Barrier(8)
    made: list[str] = []

    def ask():
        gate.wait()
        made.append(labels.text(TAG))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert set(made) == {LabelKey(path).text(TAG)}


def test_what_a_killed_hub_left_is_no_key(path):
    path.parent.mkdir()
    path.with_name(f"{KEY_FILE}.part").write_text("half")
    LabelKey(path).text(TAG)
    assert [file.name for file in path.parent.iterdir()] == [KEY_FILE]


def test_it_is_synced_before_it_has_its_name(path, monkeypatch):
    seen: list[bool] = []
    real = os.fsync

    def fsync(file: int) -> None:
        seen.append(path.exists())
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    LabelKey(path).text(TAG)
    assert seen == [False, True]  # the file, and then the folder


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "ab" * 31, "密"])
def test_a_damaged_key_is_refused_and_left_as_it_is(path, content):
    path.parent.mkdir()
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BadLabelKey, match="backup"):
        LabelKey(path).text(TAG)
    assert path.read_text() == content


def test_a_key_that_others_may_read_is_refused(path):
    LabelKey(path).text(TAG)
    path.chmod(0o640)
    with pytest.raises(BadLabelKey, match="chmod 600"):
        LabelKey(path).text(TAG)


def test_a_folder_that_cannot_be_written_is_told(path):
    path.parent.write_text("in the way")
    with pytest.raises(BadLabelKey, match="cannot be read or made"):
        LabelKey(path).text(TAG)
