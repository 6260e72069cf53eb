"""Which gaps there should be: written a second time, as plainly as can be, from what was done and who had told it by when.

It shares no code with the hub's duties and has no states, alarms or memory: for every window it looks at the whole record. `true`
times are those of a clock that never steps; all others are the hub's wall times. All in microseconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

SECOND = 1_000_000
GRACE = 800_000
SILENT_MAX = 72 * 3_600 * SECOND
NOTICE = SECOND
"""How long after a window's end its gap must have been raised."""


class Span(NamedTuple):
    """The hub's clock from one true time to another: wall time is true time + `ahead`. `ready`: since which true time this hub
    has run; None: no hub ran."""

    since: int
    until: int
    ahead: int
    ready: int | None


class ToldScan(NamedTuple):
    """A scan, when it was first committed (true), and when it was made (wall)."""

    told: int
    place: str
    at: int
    name: str


class ToldMark(NamedTuple):
    """When it was committed (true) that a source has told all up to `up_to` (wall)."""

    told: int
    source: str
    up_to: int


class Wanted(NamedTuple):
    """A window that there must be."""

    place: str
    opens: int
    ends: int


class Raised(NamedTuple):
    """What the hub raised: when (true), and whether as proven."""

    true: int
    proven: bool


class Found(NamedTuple):
    """What the hub says of a window at the end. `case`: the state of its gap's incident, '' without one; `opened`: the time
    that the incident carries; `late`: marked as detected late; `reasons`: of the entries that withdrew it."""

    state: str
    evidence: str | None
    raised: tuple[Raised, ...]
    case: str
    opened: int | None
    late: bool
    reasons: tuple[str, ...]


class Record(NamedTuple):
    """All that was done."""

    spans: Sequence[Span]
    scans: Sequence[ToldScan]
    marks: Sequence[ToldMark]
    sources: Sequence[str]
    end: int


def judged(windows: Sequence[Wanted], record: Record, found: Mapping[Wanted, Found]) -> Iterator[str]:
    """What is wrong, in words."""
    lanes: dict[str, list[Wanted]] = {}
    for window in sorted(windows, key=lambda one: (one.opens, one.ends)):
        lanes.setdefault(window.place, []).append(window)
    yield from (f"P4: there is a window that nobody asked for: {extra}" for extra in found.keys() - set(windows))
    proof = _proof(record)
    for place, lane in sorted(lanes.items()):
        scans = sorted(scan for scan in record.scans if scan.place == place)
        filled, last = _filled(lane, scans)
        for window in lane:
            if window not in found:
                yield f"P4: there is no such window: {window}"
                continue
            for words in _window(window, record, proof, filled.get(window), last.get(window), found[window]):
                yield f"P4: {words}: {window}, {found[window]}"


def evidence(lane: Sequence[Wanted], scans: Sequence[ToldScan]) -> dict[Wanted, ToldScan]:
    """Each window takes the first scan in it that no earlier window took."""
    left = sorted(scans, key=lambda scan: (scan.at, scan.name))
    taken: dict[Wanted, ToldScan] = {}
    for window in lane:
        inside = next((scan for scan in left if window.opens <= scan.at <= window.ends), None)
        if inside is not None:
            taken[window] = inside
            left.remove(inside)
    return taken


def _filled(lane: Sequence[Wanted], scans: Sequence[ToldScan]) -> tuple[dict[Wanted, int], dict[Wanted, ToldScan]]:
    """By which true time each window had its evidence, and what that is in the end."""
    since: dict[Wanted, int] = {}
    known: list[ToldScan] = []
    taken: dict[Wanted, ToldScan] = {}
    for at, scan in enumerate(scans):
        known.append(scan)
        if at + 1 < len(scans) and scans[at + 1].told == scan.told:
            continue
        taken = evidence(lane, known)
        for window in taken:
            since.setdefault(window, scan.told)
    return since, taken


Proof = list[tuple[int, int, int]]
"""From a true time to a true time, up to which wall time all sources have told."""


def _proof(record: Record) -> Proof:
    """A mark that lies ahead of a clock that is set back counts no more."""
    marks = dict.fromkeys(record.sources, -1)
    events: list[tuple[int, int, object]] = [(one.told, 1, one) for one in record.marks]
    events += [(span.since, 0, span) for span in record.spans if span.ready is not None]
    proof: Proof = []
    events.sort(key=lambda one: one[:2])
    for at, (since, _, what) in enumerate(events):
        if isinstance(what, Span):
            wall = what.since + what.ahead
            marks = {source: -1 if up_to > wall else up_to for source, up_to in marks.items()}
        else:
            assert isinstance(what, ToldMark)
            marks[what.source] = max(marks[what.source], what.up_to)
        until = events[at + 1][0] if at + 1 < len(events) else record.end
        proof.append((since, until, min(marks.values())))
    return proof


def _overdue(window: Wanted, record: Record, filled: int | None) -> list[tuple[int, int]]:
    """When a hub ran whose clock had passed the window's end, and nothing had been told that fills it."""
    found: list[tuple[int, int]] = []
    ready = None
    for span in record.spans:
        if span.ready is None:
            continue
        since, until = max(span.since, window.ends - span.ahead), span.until
        until = until if filled is None else min(until, filled)
        if since < until or (since == until and filled is None):
            if found and found[-1][1] == since and ready == span.ready:
                found[-1] = (found[-1][0], until)
            else:
                found.append((since, until))
            ready = span.ready
    return found


def _window(
    window: Wanted, record: Record, proof: Proof, filled: int | None, scan: ToldScan | None, found: Found
) -> Iterator[str]:
    overdue = _overdue(window, record, filled)
    due = next((since for since, until in overdue if until - since > NOTICE), None)
    if len(found.raised) > 1:
        yield "raised more than once"
    if due is not None and not found.raised:
        yield f"a gap that was not raised by {due + NOTICE}"
    for raised in found.raised[:1]:
        began = next((since for since, until in overdue if since <= raised.true <= until), None)
        if began is None:
            yield "a false gap: nothing was overdue when it was raised"
            continue
        if found.opened != window.ends:
            yield f"the gap carries {found.opened}, and not its window's end"
        if due is not None and raised.true > due + NOTICE:
            yield f"raised {(raised.true - due) / SECOND:.3f} s after its end"
        yield from _grounds(window, record, proof, raised)
        yield from _lateness(window, record, raised, found)
    yield from _end(window, record, proof, scan, found)


def _grounds(window: Wanted, record: Record, proof: Proof, raised: Raised) -> Iterator[str]:
    """A gap is proven by its sources, or is unproven and they have had their time."""
    known = any(since <= raised.true <= until and up_to >= window.ends for since, until, up_to in proof)
    here = [span for span in record.spans if span.ready is not None and span.since <= raised.true <= span.until]
    waited = any(raised.true >= max(span.ready or 0, window.ends - span.ahead) + GRACE for span in here)
    silent = any(raised.true + span.ahead >= window.ends + SILENT_MAX for span in here)
    if raised.proven and not known and not silent:
        yield "raised as proven, and its sources had not told"
    if not raised.proven and not waited:
        yield "raised as unproven before its sources had their time"


def _lateness(window: Wanted, record: Record, raised: Raised, found: Found) -> Iterator[str]:
    """A hub that began to run after the end says so."""
    here = [span for span in record.spans if span.ready is not None and span.since <= raised.true <= span.until]
    late = [span.ready + span.ahead > window.ends for span in here if span.ready is not None]
    if late and found.late not in late:
        yield f"it is {'' if found.late else 'not '}marked as detected late"


def _end(window: Wanted, record: Record, proof: Proof, scan: ToldScan | None, found: Found) -> Iterator[str]:
    """What must stand at the end."""
    if scan is not None:
        wanted = {"withdrawn" if found.raised else "kept"}
    elif not found.raised:
        wanted = {"open"}
    else:
        last = proof[-1][2] if proof else -1
        told = any(up_to >= window.ends for _, _, up_to in proof)
        wanted = {"missed"} if last >= window.ends else {"missed", "unproven"} if told else {"unproven"}
        ended = any(span.ready is not None and span.until + span.ahead >= window.ends + SILENT_MAX for span in record.spans)
        wanted |= {"missed"} if ended else set()
    if found.state not in wanted:
        yield f"it must be {' or '.join(sorted(wanted))}"
    if (found.evidence is None) != (scan is None) or (scan is not None and not str(found.evidence).endswith(f"|{scan.name}")):
        yield f"its evidence must be {scan}"
    if found.raised and (found.case == "withdrawn") != (scan is not None):
        yield "the incident does not say what the window says"
    if found.raised and scan is not None and "evidence_made_in_time" not in found.reasons:
        yield "withdrawn without its reason"
