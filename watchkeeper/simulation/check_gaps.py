"""P4: each window that has ended has the right state, and one gap or none, raised within a second of its end.

The reference is written apart: it knows where guards were, by true time, and which of their scans are committed. A window is not
judged where an agent's clock was set far, so that nobody can tell the time of what it told.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.readings import CardRead, Heartbeat, TagScanned, WandRead
from watchkeeper.simulation.estate import POINT, WANDS
from watchkeeper.simulation.guards import AWAY_S, DUTIES, HOUR_S, OPEN_S, PLACES, Guards
from watchkeeper.simulation.ledger import Ledger, Span, Told

MARGIN_US = 7 * US_PER_S
"""How well times are known."""
STEP_US = HOUR_S * US_PER_S
"""How far a clock is set at most."""
AWAY_US = int(AWAY_S[1] * US_PER_S)
NOTICE_US = 1_001_000
"""A turn is a millisecond late at most."""
READY_US = 3 * US_PER_S


class WindowRow(NamedTuple):
    """What is looked at of a window and of its gap's incident."""

    window_id: str
    duty: str
    place: str
    opens_us: int
    ends_us: int
    state: str
    gap_us: int | None
    note: str
    cases: int
    case_state: str | None
    raised_us: int | None
    opened_us: int | None


_QUERY = """
SELECT w.window_id, w.duty, w.place, w.opens_us, w.ends_us, w.state, w.gap_us, w.note,
  count(c.case_no), max(c.state), max(c.raised_us), max(c.opened_us)
FROM duty_window w LEFT JOIN case_ c ON c.site = w.site AND c.detector = 'duty_gap' AND c.episode = w.window_id
WHERE w.ends_us <= ? GROUP BY w.window_id ORDER BY w.ends_us, w.window_id
"""


@dataclass
class GapCheck:
    """Judges the windows in the database by the reference."""

    ledger: Ledger
    guards: Guards

    def check(self, database: sqlite3.Connection, now_us: int, hub_since_us: int) -> Iterator[str]:
        """What is wrong. `hub_since_us`: when the hub that runs was started."""
        if now_us - hub_since_us < READY_US:
            return
        rows = [WindowRow(*row) for row in database.execute(_QUERY, (now_us - READY_US,)).fetchall()]
        yield from self._all_there(rows, now_us)
        evidence = {("patrol", place): self._scans(place) for place in PLACES} | {("look", POINT.place): self._cards()}
        for row in rows:
            for words in self._window(row, evidence[row.duty, row.place]):
                yield f"P4: {words}: {row.window_id} is {row.state}"

    def _all_there(self, rows: Sequence[WindowRow], now_us: int) -> Iterator[str]:
        """One window an hour for each place, from the first on."""
        lanes: dict[tuple[str, str], list[int]] = {}
        for row in rows:
            lanes.setdefault((row.duty, row.place), []).append(row.opens_us)
        hour_us = HOUR_S * US_PER_S
        last_us = (now_us - READY_US - OPEN_S * US_PER_S) // hour_us * hour_us
        for lane, opens in sorted(lanes.items()):
            if opens != list(range(opens[0], last_us + 1, hour_us)):
                yield f"P4: the windows of {lane} are not one an hour: {len(opens)} from {opens[0]} to {opens[-1]}"

    def _scans(self, place: str) -> list[tuple[int, Told]]:
        """Committed scans at the place, each with the time when it was made."""
        found = []
        for wand in WANDS:
            for told in self.ledger.by_device.get(wand, ()):
                scan = self.guards.made.get(told.reading.scan) if isinstance(told.reading, TagScanned) else None
                if scan is not None and scan.place == place and told.hub_at_us is not None:
                    found.append((scan.made_us, told))
        return found

    def _cards(self) -> list[tuple[int, Told]]:
        told = self.ledger.by_device.get(POINT.device, ())
        return [(one.true_us, one) for one in told if isinstance(one.reading, CardRead) and one.hub_at_us is not None]

    def _window(self, row: WindowRow, evidence: Sequence[tuple[int, Told]]) -> Iterator[str]:
        yield from self._gap(row)
        if row.state == "open":
            yield "it has ended, and says nothing"
        if self._unclear(row, evidence):
            return
        near = [made for made, _ in evidence if row.opens_us - MARGIN_US <= made <= row.ends_us + MARGIN_US]
        if any(row.opens_us + MARGIN_US <= made <= row.ends_us - MARGIN_US for made in near):
            if row.state not in ("kept", "withdrawn"):
                yield "somebody was there, and that is committed"
        elif not near and row.state in ("kept", "withdrawn"):
            yield "nobody was there"
        elif not near:
            yield from self._proof(row)

    def _gap(self, row: WindowRow) -> Iterator[str]:
        """One or none, and it says what the window says."""
        if row.cases > 1:
            yield f"{row.cases} gaps for one window"
        if (row.cases == 1) != (row.gap_us is not None):
            yield "the window and its incident do not agree on whether there is a gap"
        if row.cases and row.opened_us != row.ends_us:
            yield "the gap does not carry its window's end"
        if row.cases and (row.case_state == "withdrawn") != (row.state == "withdrawn") and row.case_state != "closed":
            yield f"its incident is {row.case_state}"
        if row.raised_us is not None:
            yield from self._raised(row, row.raised_us)

    def _raised(self, row: WindowRow, raised_us: int) -> Iterator[str]:
        """Within a second of its end, or of when a hub ran again."""
        down = [span for span in self.ledger.hub_down if span.overlap_us(row.ends_us - 1, row.ends_us + NOTICE_US)]
        ready_us = max([row.ends_us, *(span.until_us for span in down)])
        undone = any(span.overlap_us(row.ends_us - 1, row.ends_us + NOTICE_US) for span in self.ledger.undone)
        if raised_us < row.ends_us:
            yield "its gap was raised before its end"
        elif raised_us > ready_us + NOTICE_US and not undone:
            yield f"its gap was raised {(raised_us - ready_us) / US_PER_S:.3f} s after its end"

    def _proof(self, row: WindowRow) -> Iterator[str]:
        """Missed is what all sources have told past; and what they have told past is missed. A mark of before a clock was set is
        told by that clock, and so is anybody's guess until the next read-out."""
        spans = self.ledger.unclear_spans("gatehouse" if row.duty == "patrol" else POINT.place)
        if any(span.overlap_us(row.ends_us - STEP_US, row.ends_us + STEP_US + AWAY_US) for span in spans):
            return
        if "source_away" in row.note.split():
            return  # nobody can tell, and it says so
        marks = [self._mark(source) for source in DUTIES[row.duty]]
        if row.state == "missed" and min(marks) < row.ends_us - MARGIN_US:
            yield "its sources have not told up to its end"
        elif row.state == "unproven" and min(marks) > row.ends_us + MARGIN_US:
            yield "its sources have told up to its end"

    def _mark(self, source: str) -> int:
        """By true time, up to when the source has told everything, as far as that is committed."""
        if source == POINT.device:  # it is alive whenever its agent says so, and what it says itself proves what lies before
            beats = (one.true_us for one in self._beats(POINT.place))
            return max([*beats, *(made for made, _ in self._cards())], default=0)
        known = [one for one in self.ledger.by_device.get(source, ()) if isinstance(one.reading, WandRead)]
        reads = {one.reading.up_to_us: one.true_us for one in known if isinstance(one.reading, WandRead)}
        committed = (one.true_us for one in known if one.hub_at_us is not None)
        told = (beat.reading.sources.get(source) for beat in self._beats("gatehouse") if isinstance(beat.reading, Heartbeat))
        return max([*committed, *(reads.get(up_to_us, 0) for up_to_us in told if up_to_us is not None)], default=0)

    def _beats(self, agent: str) -> Iterator[Told]:
        beats = self.ledger.by_device.get(agent, ())
        return (one for one in beats if isinstance(one.reading, Heartbeat) and one.hub_at_us is not None)

    def _unclear(self, row: WindowRow, evidence: Sequence[tuple[int, Told]]) -> bool:
        """An agent's clock was set while it told of scans that may be of this window by it, or of how far it has told."""
        agent = "gatehouse" if row.duty == "patrol" else POINT.place
        spans: list[Span] = self.ledger.unclear_spans(agent)
        if not spans:
            return False
        if any(span.overlap_us(row.opens_us - STEP_US, row.ends_us + STEP_US) for span in spans):
            return True
        near = [told for made, told in evidence if row.opens_us - STEP_US <= made <= row.ends_us + STEP_US]
        return any(span.holds(told.true_us) for span in spans for told in near)
