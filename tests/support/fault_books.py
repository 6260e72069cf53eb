"""What stands in an agent's spool and in a hub's database, read from the files alone, and what must hold between them."""

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from hub.ingest.site import HUB_STREAM
from tests.support.fault_agent import DEVICE

SHOWN = 5
"""So many of a kind of violation are told by name."""


class Books(NamedTuple):
    """Ledgers and databases of one stand. `events`: (stream, seq, device, kind, body); `marks` by stream."""

    events: list[tuple[str, int, str, str, dict[str, Any]]]
    marks: dict[str, int]
    cases: list[tuple[str, str, int]]
    raised: list[int]
    positions: list[int]
    quarantined: int
    intact: str


def read_ordinals(ledger: Path) -> list[int]:
    """What the agent accepted, by its ledger. A last line that is cut was not finished: the kill came first."""
    return [int(line) for line in _lines(ledger)]


def read_receipts(ledger: Path) -> dict[str, int]:
    """The highest number that the hub has receipted, by stream."""
    highest: dict[str, int] = {}
    for line in _lines(ledger):
        stream, up_to, _verdict = line.split()
        highest[stream] = max(highest.get(stream, 0), int(up_to))
    return highest


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return text[: text.rfind("\n") + 1].splitlines()


def read_hub(database: Path) -> Books:
    """The hub's books, from a copy of the file and its log, so that nothing is changed."""
    with tempfile.TemporaryDirectory(prefix="wkbooks") as folder, closing(_open_copy(database, Path(folder))) as db:
        intact = str(db.execute("PRAGMA integrity_check(3)").fetchone()[0])
        if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'event'").fetchone()[0] == 0:
            return Books([], {}, [], [], [], 0, intact)
        return Books(
            [
                (*row[:4], json.loads(row[4]))
                for row in db.execute("SELECT stream, seq, device, kind, body FROM event ORDER BY 1, 2")
            ],
            dict(db.execute("SELECT stream, mark FROM stream")),
            list(db.execute("SELECT detector, episode, merged FROM case_")),
            [int(key) for (key,) in db.execute("SELECT key FROM change WHERE topic = 'case' AND act = 'raised'")],
            [pos for (pos,) in db.execute("SELECT pos FROM change ORDER BY pos")],
            db.execute("SELECT count(*) FROM quarantine").fetchone()[0],
            intact,
        )


def read_spool(spool: Path) -> tuple[set[int], str]:
    """The ordinals in an agent's log, and what SQLite says of the file. From a copy."""
    with tempfile.TemporaryDirectory(prefix="wkbooks") as folder, closing(_open_copy(spool, Path(folder))) as db:
        intact = str(db.execute("PRAGMA integrity_check(3)").fetchone()[0])
        if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'record'").fetchone()[0] == 0:
            return set(), intact
        bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM record ORDER BY seq")]
        return {int(one["reading"]["value"]) for one in bodies if _is_ordinal(one["reading"])}, intact


def _is_ordinal(reading: dict[str, Any]) -> bool:
    return reading.get("kind") == "measurement" and reading.get("quantity") == "ordinal"


def _open_copy(path: Path, folder: Path) -> sqlite3.Connection:
    for end in ("", "-wal"):
        source = path.with_name(path.name + end)
        if source.exists():
            shutil.copyfile(source, folder / ("copy" + end))
    return sqlite3.connect(folder / "copy")


def promises_broken(books: Books, receipts: dict[str, int], accepted: list[int] | None = None) -> list[str]:
    """What does not hold. `accepted`: everything that must be committed by now, where the hub had the time to."""
    found = [] if books.intact == "ok" else [f"the database is damaged: {books.intact}"]
    for stream, up_to in receipts.items():
        mark = books.marks.get(stream, 0)
        if mark < up_to:
            found.append(f"receipted up to {up_to} but committed up to {mark} of {stream}")
    if books.quarantined:
        found.append(f"{books.quarantined} records were put aside")
    found += _holes(books)
    found += _wrong_incidents(books)
    found += _wrong_announcements(books)
    if accepted is not None:
        found += _lost(books, accepted)
    return found


def _holes(books: Books) -> list[str]:
    """Each number up to the mark is committed once, or named by a record of what was dropped."""
    covered: dict[str, Counter[int]] = {stream: Counter() for stream in books.marks}
    for stream, seq, _device, kind, body in books.events:
        last = int(body["last_seq"]) if kind == "dropped" else seq
        covered.setdefault(stream, Counter()).update(range(seq, last + 1))
    found = []
    for stream, numbers in covered.items():
        if stream == HUB_STREAM:
            continue
        mark = books.marks.get(stream, 0)
        first = min(numbers, default=mark + 1)
        missing = [seq for seq in range(first, mark + 1) if seq not in numbers]
        beyond = [seq for seq in numbers if seq > mark]
        doubled = [seq for seq, times in numbers.items() if times > 1]
        for name, wrong in (("missing below the mark", missing), ("committed above the mark", beyond), ("doubled", doubled)):
            if wrong:
                found.append(f"{len(wrong)} numbers {name}: {wrong[:SHOWN]}")
    return found


def _wrong_incidents(books: Books) -> list[str]:
    """An arm that was knocked off is one incident, by the number of the record that said so."""
    wanted: list[str] = []
    attached: dict[str, bool] = {}
    for stream, seq, device, kind, body in books.events:
        if device == DEVICE and kind == "arm_state":
            if not body["attached"] and attached.get(stream, True):
                wanted.append(f"{stream}:{seq}")
            attached[stream] = body["attached"]
    cases = Counter(episode for detector, episode, _merged in books.cases if detector == "arm_knocked_off")
    found = []
    if missing := [episode for episode in wanted if not cases[episode]]:
        found.append(f"{len(missing)} causes without an incident: {missing[:SHOWN]}")
    if doubled := [episode for episode, times in cases.items() if times > 1]:
        found.append(f"{len(doubled)} causes with more than one incident: {doubled[:SHOWN]}")
    if strange := sorted(set(cases) - set(wanted)):
        found.append(f"{len(strange)} incidents without a cause: {strange[:SHOWN]}")
    if merged := [episode for detector, episode, merged in books.cases if detector == "arm_knocked_off" and merged]:
        found.append(f"{len(merged)} causes were raised again: {merged[:SHOWN]}")
    return found


def _wrong_announcements(books: Books) -> list[str]:
    found = []
    if again := [case for case, times in Counter(books.raised).items() if times > 1]:
        found.append(f"{len(again)} incidents were announced twice: {again[:SHOWN]}")
    if len(books.raised) != len(books.cases):
        found.append(f"{len(books.cases)} incidents, and {len(books.raised)} announced")
    if books.positions != list(range(1, len(books.positions) + 1)):
        found.append("the change log has a hole")
    return found


def _lost(books: Books, accepted: list[int]) -> list[str]:
    committed = Counter(int(body["value"]) for *_, body in books.events if body.get("quantity") == "ordinal")
    dropped = sum(int(body.get("measurements", 0)) for *_, kind, body in books.events if kind == "dropped")
    lost = [ordinal for ordinal in accepted if not committed[ordinal]]
    found = []
    if len(lost) > dropped:
        found.append(f"{len(lost)} accepted readings are lost, {dropped} told as dropped: {lost[:SHOWN]}")
    if doubled := [ordinal for ordinal, times in committed.items() if times > 1]:
        found.append(f"{len(doubled)} readings are committed more than once: {doubled[:SHOWN]}")
    return found
