"""A condemned picture: its file goes, then its row; killed between any two steps, the next pass ends it."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from hub import picture_files, picture_sweep
from hub.ingest.ports import Ask, Unavailable, Write
from hub.picture_sweep import PictureSweep
from hub.store import schema
from hub.store.engine import open_engine
from hub.store.read import SiteReads

SITE = "garden"


class Shelf:
    """A folder of pictures and their rows: p1 and p2 condemned, p3 kept."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'hub.db'}")
        schema.metadata.create_all(self.engine)
        self.folder = folder / "pictures"
        self.folder.mkdir()
        row = {
            "site": SITE,
            "agent": "gatehouse",
            "device": "camera-1",
            "at_us": 1,
            "sha256": "",
            "size_bytes": 1,
            "stored_us": 2,
        }
        rows = [row | {"picture": name, "condemned_us": gone} for name, gone in (("p1", 3), ("p2", 3), ("p3", None))]
        with self.engine.begin() as connection:
            connection.execute(insert(schema.picture), rows)
        for name in ("p1", "p2", "p3"):
            picture_files.picture_file(self.folder, name).write_bytes(b"x")
        self.ask: Callable[[Ask], Future[Any]] = self.commit

    def commit(self, asked: Ask) -> "Future[Any]":
        assert isinstance(asked, Write)
        done: Future[Any] = Future()
        with self.engine.begin() as connection:
            done.set_result(asked.run(connection))
        return done

    def sweep(self) -> PictureSweep:
        return PictureSweep(SITE, self.folder, SiteReads(self.engine, SITE), self.ask)

    @property
    def files(self) -> list[str]:
        return sorted(path.stem for path in self.folder.iterdir())

    @property
    def rows(self) -> list[str]:
        with self.engine.connect() as connection:
            return sorted(row.picture for row in connection.execute(schema.picture.select()))


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path)
    yield made
    made.engine.dispose()


def test_the_files_of_condemned_pictures_go_and_then_their_rows(shelf: Shelf):
    sweep = shelf.sweep()
    assert sweep.sweep() == 2
    assert (shelf.files, shelf.rows) == (["p3"], ["p3"])
    assert (sweep.sweep(), sweep.deleted) == (0, 2)


def test_a_row_stays_until_its_file_is_gone_and_the_folder_synced(shelf: Shelf, monkeypatch):
    seen = []
    monkeypatch.setattr(picture_files.os, "fsync", lambda _: seen.append((shelf.files, shelf.rows)))
    shelf.sweep().sweep()
    assert seen == [(["p3"], ["p1", "p2", "p3"])]


def test_killed_before_the_rows_went_the_next_pass_ends_it(shelf: Shelf):
    def killed(_: Ask) -> "Future[Any]":
        raise Unavailable("the hub is stopping")

    shelf.ask = killed
    with pytest.raises(Unavailable):
        shelf.sweep().sweep()
    assert (shelf.files, shelf.rows) == (["p3"], ["p1", "p2", "p3"])
    shelf.ask = shelf.commit
    assert shelf.sweep().sweep() == 2
    assert shelf.rows == ["p3"]


def test_a_file_that_cannot_be_deleted_keeps_its_row(shelf: Shelf):
    (shelf.folder / "p2.jpg").unlink()
    (shelf.folder / "p2.jpg").mkdir()  # in the way
    with pytest.raises(OSError, match="p2"):
        shelf.sweep().sweep()
    assert shelf.rows == ["p1", "p2", "p3"]
    (shelf.folder / "p2.jpg").rmdir()
    assert shelf.sweep().sweep() == 2


def test_what_was_promised_and_never_came_has_no_file_and_goes_all_the_same(shelf: Shelf):
    for path in shelf.folder.iterdir():
        path.unlink()
    shelf.folder.rmdir()
    assert shelf.sweep().sweep() == 2


def test_the_thread_ends_what_an_earlier_run_left_and_goes_on_after_a_failure(shelf: Shelf, monkeypatch):
    monkeypatch.setattr(picture_sweep, "EVERY_S", 0.01)
    tries = []

    def once_refused(asked: Ask) -> "Future[Any]":
        tries.append(asked)
        if len(tries) == 1:
            raise Unavailable("too much is asked at once")
        return shelf.commit(asked)

    shelf.ask = once_refused
    sweep = shelf.sweep()
    sweep.start()
    for _ in range(1000):
        if sweep.deleted:
            break
        sweep._stop.wait(0.01)
    sweep.stop()
    assert (sweep.deleted, shelf.rows, shelf.files) == (2, ["p3"], ["p3"])
