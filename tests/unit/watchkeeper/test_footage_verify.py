"""`watchkeeper footage verify`: the agent's folder both ways with samples played, and the hub's index against its coverage."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from click.testing import CliRunner, Result

from contract.clock import US_PER_S
from edge.footage.index import FootageIndex
from edge.footage.segments import Segment, own_path
from hub.footage.packing import Piece
from hub.store.engine import open_engine
from hub.store.footage_rows import Track, fold
from hub.store.migrate import migrate
from watchkeeper.cli import main

BEGIN_US = 1_790_000_000 * US_PER_S
TEN_US = 10 * US_PER_S


def film(path: Path) -> None:
    """A file with a few pictures, as any muxer makes one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="mp4") as out:
        stream: Any = out.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.time_base = Fraction(1, 5)
        for shade in range(5):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade * 40, np.uint8), format="rgb24")
            out.mux(stream.encode(picture))
        out.mux(stream.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six segments of an agent's, in order."""
    found = tmp_path / "footage"
    index = FootageIndex.open(found)
    for at in range(6):
        no = BEGIN_US + at * TEN_US
        path = own_path("lobby", "main", no)
        film(found / path)
        size = (found / path).stat().st_size
        index.add(Segment("lobby", "main", no, no, no + TEN_US, size, "h264", 0, path))
    index.close()
    return found


def run(*arguments: str) -> tuple[int, dict[str, Any], Result]:
    result = CliRunner().invoke(main, ["footage", "verify", *arguments])
    return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("{") else {}, result


def kinds(told: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in told["problems"]]


def test_a_folder_in_order_has_no_problem_also_while_the_agent_has_its_index_open(folder):
    assert run(str(folder), "--samples", "2")[:2] == (0, {"checked": 6, "problems": []})
    index = FootageIndex.open(folder)
    growing = folder / own_path("lobby", "main", BEGIN_US + 6 * TEN_US)
    growing.write_bytes(b"what is being written")
    assert run(str(folder), "--samples", "0")[:2] == (0, {"checked": 6, "problems": []})
    index.close()


def test_what_is_on_one_side_alone_and_what_cannot_be_played_is_found(folder):
    paths = [folder / own_path("lobby", "main", BEGIN_US + at * TEN_US) for at in range(6)]
    paths[0].unlink()
    paths[1].write_bytes(b"short")
    body = bytearray(paths[2].read_bytes())
    body[:] = b"\0" * len(body)
    paths[2].write_bytes(body)
    paths[3].with_name(f"{BEGIN_US + 5}.mp4").write_bytes(b"nobody knows it")
    paths[3].with_name("readme.txt").write_bytes(b"odd")
    code, told, _ = run(str(folder), "--samples", "10")
    assert code == 1
    assert sorted(kinds(told)) == ["no_file", "no_row", "not_playable", "odd_name", "size"]
    assert [one["path"] for one in told["problems"] if one["kind"] == "no_file"] == [paths[0].relative_to(folder).as_posix()]


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    path = folder / own_path("lobby", "main", BEGIN_US)
    path.rename(tmp_path / "outside.mp4")
    path.symlink_to(tmp_path / "outside.mp4")
    assert kinds(run(str(folder), "--samples", "0")[1]) == ["not_beneath"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A hub's index of two hours."""
    path = tmp_path / "hub.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.begin() as connection:
        fold(
            connection,
            Track("garden", "lobby", "main"),
            [Piece(at, at, at + TEN_US, 9) for at in range(BEGIN_US, BEGIN_US + 7_200 * US_PER_S, TEN_US)],
        )
    engine.dispose()
    return path


def spoil(database: Path, statement: str) -> None:
    engine = open_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_hub_s_index_is_what_it_says_is_covered(database):
    assert run(str(database))[:2] == (0, {"checked": 720, "problems": []})
    assert run(str(database), "--site", "other")[:2] == (0, {"checked": 0, "problems": []})


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM footage_run", "uncovered"),
        ("UPDATE footage_run SET until_us = until_us + 60000000", "covered"),
        ("DELETE FROM footage_tail", "covered"),
        ("UPDATE footage_hour SET size_bytes = 1", "hour"),
        ("UPDATE footage_hour SET pieces = x'00'", "hour"),
    ],
)
def test_what_does_not_fit_in_a_hub_s_index_is_found(database, statement, kind):
    spoil(database, statement)
    code, told, _ = run(str(database))
    assert code == 1
    assert kind in kinds(told)


def test_what_is_neither_is_refused_with_what_to_give(tmp_path):
    for where in (tmp_path, tmp_path / "nothing.db"):
        code, _, result = run(str(where))
        assert code == 2
        assert "give an agent's footage folder" in result.stderr
