"""The sweep: what is due is condemned and ordered, a chunk a turn, and told again until agents have answered.

Everything is decided in one transaction: the holds, the days and the halts that it goes by are those that commit with the order.
"""

from typing import NamedTuple

from msgspec.structs import replace

from contract.clock import US_PER_S
from contract.orders import DeleteFootage, RescueFootage
from contract.spans import SPANS_MAX, holds_no
from hub.footage.incidents import DAYS_SHORTER, HALTED, OVERDUE
from hub.footage.retention import (
    DAY_US,
    GRACE_US,
    HOUR_US,
    LEGAL_DAYS,
    Chosen,
    Piece,
    choose,
    judge,
    length_outside,
    lengthened,
    noted,
    shortened,
    too_much,
)
from hub.ingest.retention.around import KEPT_AT_SITE, REPEAT_US, Parts, Track
from hub.ingest.retention.book import Retentionbook
from hub.ingest.retention.roommaking import RoomMaking
from hub.ingest.retention.rows import Condemned, SweepState
from hub.ingest.sweeping import Doubt

EVERY_US = 600 * US_PER_S
AGAIN_US = 5 * US_PER_S
"""After a sweep that found more than it may order at once."""
HOURS_AT_ONCE = 24
"""What one order deletes shows so many hours of a camera's stream at most."""
WINDOWS_AT_ONCE = 30
"""So many times as much is looked at in one sweep, where all of it is held."""
ORDERS_OUT_MAX = 16
"""Of one agent, not answered."""
KEPT_MAX_US = DAY_US
"""What an agent kept is looked at anew within so long."""


class _Found(NamedTuple):
    track: Track
    agent: str
    days: int
    floor_us: int
    chosen: Chosen


def keep(parts: Parts, doubt: Doubt | None) -> None:
    """What a turn's incidents hold, and then the sweep. Raises DatabaseGone."""
    book = Retentionbook(parts)
    if parts.rules is not None and parts.site.keeping.sweep.get("") is None:
        book.begin()
    book.follow_cases()
    Sweep(parts).run(doubt)


class Sweep:
    """The sweep of one turn."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._keeping, self._now_us = parts, parts.site.keeping, parts.now_us

    def run(self, doubt: Doubt | None) -> None:
        """What the clock alone makes due. Raises DatabaseGone."""
        keeping, now_us = self._keeping, self._now_us
        lacking, keeping.room = keeping.room, {}
        if self._parts.rules is None:
            return
        self._halt_for(doubt)
        self._halt_for_restore()
        for agent, size_bytes in sorted(lacking.items()):
            RoomMaking(self._parts).order(agent, size_bytes)
        self._tell()
        if 0 < keeping.sweep_us - now_us <= EVERY_US:
            return
        keeping.sweep_us = now_us + EVERY_US
        self._count_days()
        if not 0 <= now_us - keeping.looked_us < HOUR_US:
            keeping.looked_us = now_us
            keeping.forget_looked(whole=False)
        self._condemn_what_is_due()

    # Halts

    def _halt_for(self, doubt: Doubt | None) -> None:
        state = self._parts.state
        if doubt is None or doubt.name in (state.believed, state.facts.get("doubt")):
            return
        facts: dict[str, object] = {"why": doubt.reason, "doubt": doubt.name}
        if state.halted == "clock":  # it was set again: who confirms means the clock as it is then
            self._parts.put(replace(state, facts=facts))
        else:
            self._halt("clock", facts)

    def _halt_for_restore(self) -> None:
        """Holds that were put since the backup are lost: nothing goes until somebody has put them again."""
        restored_us = max((one.at_us for one in self._parts.site.restores), default=0)
        if restored_us > self._parts.state.restored_us and not self._parts.state.halted:
            self._parts.put(replace(self._parts.state, restored_us=restored_us))
            self._halt("restored", {"restored_us": restored_us})

    def _halt(self, why: str, facts: dict[str, object]) -> None:
        state, parts = self._parts.state, self._parts
        episode = parts.new_id()
        halted: SweepState = replace(state, halted=why, since_us=self._now_us, episode=episode, facts=facts)
        parts.put(halted)
        about = {"about_zh": "录像清理", "about_en": "the sweep of footage"}
        parts.raise_(HALTED, KEPT_AT_SITE, episode, {**about, "reason": why, **facts})
        parts.tell("halted", "sweep", {"reason": why, **facts})
        parts.counters[f"footage_halted_{why}"] += 1

    # How long each camera is kept

    def _count_days(self) -> None:
        """More days hold at once; fewer wait for two people."""
        parts, state = self._parts, self._parts.state
        wanted = parts.wanted_days()
        fewer = shortened(state.days, wanted)
        was_waiting = bool(state.shorter)
        changed = fewer != state.shorter
        state = replace(state, days=lengthened(state.days, wanted), shorter=fewer)
        if changed:
            state = replace(state, shorter_by="", shorter_us=0)
        if fewer and not was_waiting:
            state = replace(state, shorter_episode=parts.new_id())
        parts.put(state)
        about = {"about_zh": "录像保存天数", "about_en": "days that footage is kept"}
        if fewer and changed:
            cameras = sorted(fewer)[:20]
            days = {name: [state.days[name], fewer[name]] for name in cameras}
            parts.raise_(DAYS_SHORTER, KEPT_AT_SITE, state.shorter_episode, {**about, "cameras": len(fewer), "days": days})
        elif was_waiting and not fewer:
            parts.clear(DAYS_SHORTER, KEPT_AT_SITE, state.shorter_episode)

    # Condemning

    def _condemn_what_is_due(self) -> None:
        parts, keeping = self._parts, self._keeping
        self._look_at_what_was_kept()
        if parts.state.halted:
            return
        tracks = parts.archive.footage_tracks()
        found = [one for track in tracks if (one := self._due_of(track)) is not None]
        self._tell_overdue(found)
        if not found:
            return
        if self._is_too_much(found, len(tracks)):
            return
        out: dict[str, int] = {}
        for row in keeping.all_condemned():
            if row.state != "kept":
                out[row.agent] = out.get(row.agent, 0) + 1
        for one in sorted(found, key=lambda one: one.chosen.from_us):  # else the last cameras would never have their turn
            if out.get(one.agent, 0) < ORDERS_OUT_MAX:
                out[one.agent] = out.get(one.agent, 0) + 1
                self._condemn(one)
        keeping.sweep_us = self._now_us + AGAIN_US

    def _look_at_what_was_kept(self) -> None:
        for row in self._keeping.all_condemned():
            if row.state == "kept" and not 0 < row.due_us - self._now_us <= KEPT_MAX_US:
                self._keeping.condemned.put(row.condemned, None)
                self._keeping.forget_looked()

    def _due_of(self, track: Track) -> _Found | None:
        """The first due footage of a camera's stream, one day of it at most."""
        parts, keeping, now_us = self._parts, self._keeping, self._now_us
        agent = parts.agent_of(track.device)
        days = max(LEGAL_DAYS, parts.state.days.get(track.device, LEGAL_DAYS))
        floor_us = now_us - days * DAY_US
        if not agent or track.oldest_us >= floor_us:
            return None
        key = (track.device, track.stream)
        holds = keeping.all_holds()
        spans = [span for row in keeping.all_condemned() if (row.device, row.stream) == key for span in row.spans]
        spans += [span for device, stream, _, gone in parts.outcome.footage_drops if (device, stream) == key for span in gone]
        from_us = max(keeping.looked.get(key, 0), track.oldest_us)
        for _ in range(WINDOWS_AT_ONCE):
            next_us = parts.archive.footage_next(track.device, track.stream, from_us)
            if next_us is None or max(from_us, next_us) >= floor_us:
                keeping.looked_through.add(key)
                return None
            from_us = max(from_us, next_us)
            to_us = min(from_us + HOURS_AT_ONCE * HOUR_US, floor_us)
            pieces = [
                one
                for one in parts.archive.footage_pieces(track.device, track.stream, from_us, to_us)
                if not holds_no(spans, one.no)
            ]
            chosen = choose(pieces, track.device, floor_us, holds, now_us, spans_max=SPANS_MAX)
            if chosen is not None:
                return _Found(track, agent, days, floor_us, chosen)
            from_us = keeping.looked[key] = _looked_to(pieces, track.device, floor_us, to_us, now_us)
            if to_us == floor_us:
                keeping.looked_through.add(key)
                return None
        return None

    def _is_too_much(self, found: list[_Found], tracks: int) -> bool:
        """Whether what has been due for longer than it takes to sweep it comes to far more than usual. Halts where it does."""
        parts, now_us = self._parts, self._now_us
        assert parts.rules is not None
        state = parts.state
        behind_us = sum(self._behind(one) for one in found)
        if not too_much(state.swept, behind_us, tracks, parts.rules.usual_times, now_us):
            return False
        usual_days = round(behind_us / (DAY_US * max(1, tracks)), 1)
        self._halt("volume", {"due_days": usual_days, "usual_times": parts.rules.usual_times, "streams": tracks})
        return True

    def _behind(self, found: _Found) -> int:
        """How much of the camera's stream is due, and not condemned yet. Of what is held the hour around it stays too."""
        keeping, (device, stream, _) = self._keeping, found.track
        from_us = max(found.chosen.from_us, self._parts.state.allowed_us - found.days * DAY_US)
        covered = self._parts.archive.footage_there(device, stream, from_us, found.floor_us)
        held = [
            (one.from_us - HOUR_US, found.floor_us if one.to_us is None else one.to_us + HOUR_US)
            for one in keeping.all_holds()
            if device in one.cameras and one.counts(self._now_us)
        ]
        out = [(row.from_us, row.to_us) for row in keeping.all_condemned() if (row.device, row.stream) == (device, stream)]
        return length_outside(covered, held + out)

    def _condemn(self, found: _Found) -> None:
        parts, now_us, chosen = self._parts, self._now_us, found.chosen
        row = Condemned(
            condemned=parts.new_id(),
            agent=found.agent,
            device=found.track.device,
            stream=found.track.stream,
            spans=chosen.spans,
            from_us=chosen.from_us,
            to_us=chosen.to_us,
            floor_us=found.floor_us,
            days=found.days,
            state="condemned",
            why="",
            rescue="",
            condemned_us=now_us,
            due_us=now_us + REPEAT_US[0],
            times=1,
            shows_us=chosen.shows_us,
            size_bytes=chosen.size_bytes,
            pieces=chosen.pieces,
        )
        self._keeping.condemned.put(row.condemned, row)
        allowed_us = parts.state.allowed_us - found.days * DAY_US
        if chosen.to_us > allowed_us:
            parts.put(replace(parts.state, swept=noted(parts.state.swept, now_us, chosen.shows_us)))
        parts.tell("condemned", row.condemned, row)
        parts.counters["footage_condemned"] += chosen.pieces
        self._order(row)

    # Telling

    def _tell(self) -> None:
        """Orders that are not answered. While nothing may go no deletion is told again; what is to be rescued is."""
        halted = bool(self._parts.state.halted)
        for row in self._keeping.all_condemned():
            waits = (
                0 < row.due_us - self._now_us <= REPEAT_US[-1]
            )  # one that is further off was told by a clock that was set back
            if waits or row.state == "kept" or (halted and row.state == "condemned"):
                continue
            pause_us = REPEAT_US[min(row.times, len(REPEAT_US) - 1)]
            told = replace(row, due_us=self._now_us + pause_us, times=row.times + 1)
            self._keeping.condemned.put(row.condemned, told)
            self._order(told)

    def _order(self, row: Condemned) -> None:
        spans = list(row.spans)
        if row.state == "rescuing":
            order: DeleteFootage | RescueFootage = RescueFootage(row.rescue, row.condemned, row.device, row.stream, spans)
        else:
            why = "room" if row.why == "room" else "due"
            order = DeleteFootage(row.condemned, row.device, row.stream, spans, row.floor_us, row.days, why)  # type: ignore[arg-type]
        self._parts.outcome.add(self._parts.outcome.orders, (row.agent, order))

    # What is kept for too long

    def _tell_overdue(self, found: list[_Found]) -> None:
        """Footage that is there a day after the most days that the policy allows, and that nobody holds."""
        parts, state = self._parts, self._parts.state
        assert parts.rules is not None
        late_us = self._now_us - parts.rules.days_max * DAY_US - GRACE_US
        over = sorted({one.track.device for one in found if one.chosen.from_us < late_us})
        over += sorted({row.device for row in self._keeping.all_condemned() if row.from_us < late_us and row.state != "rescuing"})
        about = {"about_zh": "录像超期未删", "about_en": "footage kept too long"}
        if over and not state.overdue:
            parts.put(replace(state, overdue=parts.new_id()))
            parts.raise_(OVERDUE, KEPT_AT_SITE, parts.state.overdue, {**about, "cameras": over[:20]})
        elif state.overdue and not over:
            parts.put(replace(state, overdue=""))
            parts.clear(OVERDUE, KEPT_AT_SITE, state.overdue)


def _looked_to(pieces: list[Piece], device: str, floor_us: int, to_us: int, now_us: int) -> int:
    """Up to where nothing is due for now. A piece across the floor is looked at again when it is old enough."""
    owed = [one.start_us for one in pieces if judge(one, device, floor_us, (), now_us) == "owed"]
    return min([to_us, *owed])
