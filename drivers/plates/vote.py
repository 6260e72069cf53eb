"""Several pictures of one vehicle give one plate. Pure: times are arguments, in seconds that only go forward."""

from collections.abc import Sequence
from typing import NamedTuple

from contract.readings import PlateColour
from drivers.plates.reader import Read

MAX_TRACKS = 8
"""Vehicles at once. Of more, the one that was seen longest ago is let go, told where it had not been."""
MAX_TOLD = 64
"""Texts that are remembered so as not to be told again. Of more, the oldest is forgotten."""
_NEAR = 1.5
"""How far a plate moves from one picture to the next, in its own widths."""
_LIKE = 2
"""Characters in which two readings of one plate may differ."""


class Rules(NamedTuple):
    """`agree`: this many pictures with the same sure text, and none with another, are enough. `gone_s`: a vehicle unseen for this
    long has left. `decide_s`: one that stays and cannot be read is told as doubtful after this. `repeat_s`: a text that was told
    is not told again until it has been out of sight for this long."""

    agree: int = 2
    gone_s: float = 1.5
    decide_s: float = 2.5
    repeat_s: float = 30.0


class Track(NamedTuple):
    """One vehicle. `sure` and `unsure`: how many pictures said which text, and their confidences' sum."""

    no: int
    box: tuple[int, int, int, int]
    first_s: float
    last_s: float
    frames: int
    sure: dict[str, tuple[int, float]]
    unsure: dict[str, tuple[int, float]]
    colours: dict[PlateColour, int]
    best: float
    told: str | None = None
    """The text that was told of it, if any was; `told_sure`: not as a doubtful one."""
    told_sure: bool = False


class Told(NamedTuple):
    """A text that was told, when it was last seen, and whether it was told for sure."""

    text: str
    seen_s: float
    sure: bool


class State(NamedTuple):
    """What is known so far."""

    tracks: tuple[Track, ...] = ()
    told: tuple[Told, ...] = ()
    next_no: int = 1
    let_go: int = 0
    """Vehicles over MAX_TRACKS."""
    repeated: int = 0
    """Vehicles that were not told, as their text had just been."""


class Verdict(NamedTuple):
    """One vehicle's plate. `text` is empty where it could not be read. `no`: the vehicle's number; one told as doubtful may be
    told once more, for sure."""

    no: int
    text: str
    colour: PlateColour
    confidence: float
    doubtful: bool
    frames: int


class Step(NamedTuple):
    """The state after a picture; what is to be told; the vehicles of which this picture is the best yet; those that left."""

    state: State
    verdicts: tuple[Verdict, ...]
    best_of: tuple[int, ...]
    gone: tuple[int, ...]


def step(state: State, at_s: float, reads: Sequence[Read], rules: Rules) -> Step:
    """Take one picture's plates into account. Call it with none, too, so that time passes."""
    tracks, number, improved = list(state.tracks), state.next_no, []
    for read in reads:
        found = _track_of(tracks, read, at_s, rules)
        if found is None:
            track = Track(number, read.box, at_s, at_s, 0, {}, {}, {}, -1.0)
            number += 1
        else:
            track = tracks.pop(found)
        better = read.confidence > track.best
        tracks.append(_with(track, read, at_s))
        if better:
            improved.append(track.no)
    gone = [track for track in tracks if at_s - track.last_s > rules.gone_s]
    here = sorted((track for track in tracks if track not in gone), key=lambda track: track.last_s, reverse=True)
    over = here[MAX_TRACKS:]
    state = state._replace(next_no=number, let_go=state.let_go + len(over))
    state, verdicts, kept = _judged(state, here[:MAX_TRACKS], gone + over, at_s, rules)
    return Step(state._replace(tracks=kept), verdicts, tuple(improved), tuple(track.no for track in gone + over))


def _judged(
    state: State, here: Sequence[Track], leaving: Sequence[Track], at_s: float, rules: Rules
) -> tuple[State, tuple[Verdict, ...], tuple[Track, ...]]:
    told = tuple(one for one in state.told if at_s - one.seen_s <= rules.repeat_s)
    verdicts: list[Verdict] = []
    kept: list[Track] = []
    repeated = state.repeated
    for track, leaves in (*((track, False) for track in here), *((track, True) for track in leaving)):
        verdict = _verdict(track, at_s, rules, leaving=leaves)
        after = track
        if verdict is not None:
            after = track._replace(told=verdict.text, told_sure=not verdict.doubtful)
            if _was_told(told, verdict, track):
                repeated += 1
            else:
                verdicts.append(verdict)
        if after.told:  # it counts from when the text was last seen
            told = _remembered(told, Told(after.told, track.last_s, after.told_sure))
        if not leaves:
            kept.append(after)
    return state._replace(told=told[-MAX_TOLD:], repeated=repeated), tuple(verdicts), tuple(kept)


def _was_told(told: tuple[Told, ...], verdict: Verdict, track: Track) -> bool:
    """Whether the text was told of another vehicle just now, which is then the same one. What was told as doubtful may be told
    for sure, of the same vehicle or another."""
    if verdict.text in {"", track.told}:
        return False
    return any(one.text == verdict.text and (one.sure or verdict.doubtful) for one in told)


def _remembered(told: tuple[Told, ...], new: Told) -> tuple[Told, ...]:
    sure = new.sure or any(one.text == new.text and one.sure for one in told)
    return (*(one for one in told if one.text != new.text), new._replace(sure=sure))


def _verdict(track: Track, at_s: float, rules: Rules, *, leaving: bool) -> Verdict | None:
    """What is to be told of the vehicle just now, if anything."""
    if track.told_sure:
        return None
    if len(track.sure) == 1:
        ((text, (count, confidence)),) = track.sure.items()
        if count >= rules.agree:
            return Verdict(track.no, text, _colour(track), round(confidence / count, 3), doubtful=False, frames=track.frames)
    if track.told is not None or not (leaving or at_s - track.first_s >= rules.decide_s):
        return None
    text, confidence = _best(track)
    if not text and track.frames < rules.agree:
        return None  # a box seen once, in which nothing can be read, is rather no plate
    return Verdict(track.no, text, _colour(track), round(confidence, 3), doubtful=True, frames=track.frames)


def _best(track: Track) -> tuple[str, float]:
    """The text that most speaks for, and the mean confidence of its pictures."""
    votes = {text: (count, total) for text, (count, total) in track.unsure.items() if text}
    for text, (count, total) in track.sure.items():
        others, their_total = votes.get(text, (0, 0.0))
        votes[text] = (count + others, total + their_total)
    if not votes:
        return "", 0.0
    text = max(votes, key=lambda text: (votes[text][1], votes[text][0]))
    count, total = votes[text]
    return text, total / count


def _colour(track: Track) -> PlateColour:
    return max(track.colours, key=lambda colour: (track.colours[colour], bool(colour)))


def _track_of(tracks: Sequence[Track], read: Read, at_s: float, rules: Rules) -> int | None:
    """Which vehicle the plate is of: one with nearly this text, or else the nearest that was here just now."""
    recent = [n for n, track in enumerate(tracks) if 0 < at_s - track.last_s <= rules.gone_s]
    for n in recent:
        if read.text and any(_apart(read.text, text) <= _LIKE for text in (*tracks[n].sure, *tracks[n].unsure) if text):
            return n
    near = [(distance, n) for n in recent if (distance := _moved(tracks[n].box, read.box)) <= _NEAR]
    near = [(distance, n) for distance, n in near if not _is_another(tracks[n], read)]
    return min(near)[1] if near else None


def _is_another(track: Track, read: Read) -> bool:
    """A text that has nothing of the vehicle's sure one is the next vehicle's, wherever it is; a doubtful one must have less."""
    like = _LIKE + 2 if read.doubt else _LIKE
    return bool(read.text and track.sure) and all(_apart(read.text, text) > like for text in track.sure)


def _with(track: Track, read: Read, at_s: float) -> Track:
    votes = dict(track.unsure if read.doubt else track.sure)
    count, total = votes.get(read.text, (0, 0.0))
    votes[read.text] = (count + 1, total + read.confidence)
    colours = dict(track.colours)
    colours[read.colour] = colours.get(read.colour, 0) + 1
    track = track._replace(unsure=votes) if read.doubt else track._replace(sure=votes)
    return track._replace(
        box=read.box, last_s=at_s, frames=track.frames + 1, colours=colours, best=max(track.best, read.confidence)
    )


def _moved(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """How far apart the middles of two boxes are, in widths of the wider one."""
    x = one[0] + one[2] / 2 - other[0] - other[2] / 2
    y = one[1] + one[3] / 2 - other[1] - other[3] / 2
    return float((x * x + y * y) ** 0.5 / max(one[2], other[2], 1))


def _apart(one: str, other: str) -> int:
    """How many characters must be changed, added or taken out to make one text of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
