"""Holds, and what people ask of footage's keeping, in one turn."""

from msgspec.structs import replace

from contract.clock import US_PER_S
from hub.cases.types import Case, Refusal
from hub.footage.asks import DaysConfirm, FootageAsk, HoldLift, HoldMade, HoldPut, SweepConfirm
from hub.footage.hold_words import refused
from hub.footage.holds import ASKED_US, CAMERAS_MAX, HOLD_MAX_US, HOLDS_MAX, Hold, followed, lifted, of_incident
from hub.footage.incidents import DAYS_SHORTER, FOOTAGE_DETECTORS, HALTED
from hub.ingest.retention.around import KEPT_AT_SITE, Parts

REASON_MAX = 500
_OWN = frozenset(FOOTAGE_DETECTORS)


class Retentionbook:
    """The keeping of one turn."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._keeping, self._now_us = parts, parts.site.keeping, parts.now_us

    # Holds that incidents make

    def follow_cases(self) -> None:
        """What the turn's changes of incidents make of their holds. Before the sweep, so that no order goes out beside them."""
        for _, was, case in list(self._parts.site.cases.changed()):
            if case is not None and (was is None or _moved(was, case)):
                self._follow(case)

    def begin(self) -> None:
        """A site that knew no holds until now: those of the incidents that are open."""
        for number in list(self._parts.site.cases):
            case = self._parts.site.cases.get(number)
            if case is not None and case.closed_us is None:
                self._follow(case)

    def _follow(self, case: Case) -> None:
        if case.detector in _OWN:
            return
        around = self._parts.held_around
        hold = self._keeping.holds.of_case(case.case_no)
        if hold is None:
            cameras = self._cameras_of(case)
            if not cameras or case.closed_us is not None:
                return
            hold = of_incident(
                f"incident-{case.case_no}-{case.version}", case.case_no, case.raised_us, self._now_us, cameras, around
            )
            hold = followed(hold, case.returned_us, case.closed_us, around)
            self._put(hold, "put")
            self._rescue(hold)
            return
        now = followed(hold, case.returned_us, case.closed_us, around)
        if now != hold:
            self._put(now, "follow")
            self._rescue(now)

    def _cameras_of(self, case: Case) -> tuple[str, ...]:
        """Those that watch its place, and the camera that it is about."""
        cameras = list(self._parts.book.cameras_at(case.place))
        device = self._parts.book.detector_device(case.device)
        if device is not None and device.kind == "camera" and device.id not in cameras:
            cameras.append(device.id)
        return tuple(cameras)

    # What people ask

    def answer(self, asked: FootageAsk) -> HoldMade | Hold | bool | Refusal:
        """See each ask."""
        if len(asked.reason.strip()) == 0:
            return refused("reason_missing")
        asked = asked._replace(reason=asked.reason.strip()[:REASON_MAX])
        if isinstance(asked, HoldPut):
            return self._hold(asked)
        if isinstance(asked, HoldLift):
            return self._lift(asked)
        return self._go_on(asked) if isinstance(asked, SweepConfirm) else self._fewer_days(asked)

    def _hold(self, asked: HoldPut) -> HoldMade | Refusal:
        cameras = tuple(dict.fromkeys(asked.cameras))
        stranger = next((name for name in cameras if name not in self._parts.book.cameras), None)
        if stranger is not None or not 0 < len(cameras) <= CAMERAS_MAX:
            return refused("no_camera", device=stranger or "", most=CAMERAS_MAX)
        if not asked.from_us < asked.to_us:
            return refused("hold_ends_before")
        if not self._now_us < asked.until_us <= self._now_us + HOLD_MAX_US:
            return refused("hold_until", days=HOLD_MAX_US // (86_400 * US_PER_S))
        if len(self._keeping.holds) >= HOLDS_MAX:
            return refused("too_many_holds", most=HOLDS_MAX)
        hold = Hold(
            hold=self._parts.new_id(),
            sort="person",
            reason=asked.reason,
            actor=asked.actor,
            made_us=self._now_us,
            from_us=asked.from_us,
            to_us=asked.to_us,
            cameras=cameras,
            until_us=asked.until_us,
        )
        self._put(hold, "put")
        return HoldMade(hold, self._rescue(hold))

    def _lift(self, asked: HoldLift) -> Hold | Refusal:
        hold = self._keeping.holds.get(asked.hold)
        if hold is None:
            return refused("unknown_hold")
        now = lifted(hold, asked.actor, asked.reason, self._now_us)
        if isinstance(now, Refusal):
            return now
        self._put(now, "release" if now.released_us is not None else "ask")
        if now.released_us is not None:
            self._keeping.forget_looked()
            self._keeping.sweep_us = 0
        return now

    def _go_on(self, asked: SweepConfirm) -> bool | Refusal:
        state, parts = self._parts.state, self._parts
        if not state.halted:
            return refused("sweep_not_halted")
        believed = str(state.facts.get("doubt", "")) if state.halted == "clock" else state.believed
        allowed_us = self._now_us if state.halted == "volume" else state.allowed_us
        parts.put(replace(state, halted="", facts={}, believed=believed, allowed_us=allowed_us, episode=""))
        parts.clear(HALTED, KEPT_AT_SITE, state.episode)
        parts.tell("confirmed", "sweep", {"reason": state.halted, "actor": asked.actor})
        self._keeping.sweep_us = 0
        return True

    def _fewer_days(self, asked: DaysConfirm) -> bool | Refusal:
        state, parts = self._parts.state, self._parts
        if not state.shorter:
            return refused("days_not_fewer")
        waits = state.shorter_by and 0 <= self._now_us - state.shorter_us <= ASKED_US
        if not waits or state.shorter_by == asked.actor:
            parts.put(replace(state, shorter_by=asked.actor, shorter_us=self._now_us))
            parts.tell("days_asked", "days", {"actor": asked.actor, "days": state.shorter})
            return False
        days = {**state.days, **state.shorter}
        parts.put(replace(state, days=days, shorter={}, shorter_by="", shorter_us=0, allowed_us=self._now_us))
        parts.clear(DAYS_SHORTER, KEPT_AT_SITE, state.shorter_episode)
        parts.tell("days_fewer", "days", {"actors": [state.shorter_by, asked.actor], "days": state.shorter})
        self._keeping.forget_looked()
        self._keeping.sweep_us = 0
        return True

    # Within

    def _put(self, hold: Hold, act: str) -> None:
        """An incident's own is not told: it follows from what is told of the incident."""
        self._keeping.holds.put(hold.hold, hold)
        if hold.sort == "person" or act in ("release", "ask"):
            self._parts.tell(f"hold_{act}", hold.hold, hold)

    def _rescue(self, hold: Hold) -> int:
        """What it holds of footage that agents were ordered to delete is taken back, as far as it is still there."""
        if not hold.counts(self._now_us):
            return 0
        rescued = 0
        for row in self._keeping.all_condemned():
            if row.state == "condemned" and hold.keeps(row.device, row.from_us, row.to_us):
                due = replace(row, state="rescuing", rescue=self._parts.new_id(), due_us=self._now_us, times=0)
                self._keeping.condemned.put(row.condemned, due)
                self._parts.counters["footage_rescuing"] += 1
                rescued += 1
        return rescued


def _moved(was: Case, case: Case) -> bool:
    return (was.returned_us, was.closed_us, was.place) != (case.returned_us, case.closed_us, case.place)
