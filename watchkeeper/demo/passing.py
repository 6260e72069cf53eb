"""What happens at gates that decide by the hub's table: in the plate camera's lane, at the wicket, and with stopped cards."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import cycle

from watchkeeper.demo.estate import FACILITY, NAMES
from watchkeeper.demo.gatebook import DRIVERS, LOST, PEDESTRIANS, PHANTOMS, REVOKED, SUSPENDED, TRAVELLERS, WANTED, plate_of
from watchkeeper.demo.life import Act, Stage
from watchkeeper.demo.plant import Plant
from watchkeeper.demo.record import LONG, SHORT
from watchkeeper.demo.rounds import Outcome
from watchkeeper.demo.troubles import NOTICED_S, SEEN_S, seen

BARRIER = "barrier-1"
_QUIET = LONG + 0.1
"""So many limits after something it has surely no part in what follows."""
UNSURE = 40
"""What the camera says, of 100, where it is not sure."""
AGAIN_S = 0.6


def _nothing() -> None:
    """The condition began by itself."""


class EntryLane:
    """The lane with the plate camera, whose plates open its barrier. One thing after another happens there."""

    def __init__(self, plant: Plant, visitors: deque[str]) -> None:
        """`visitors`: plates of visitors' vehicles that have a pass, the next one to come first."""
        self._plant, self._visitors = plant, visitors
        self._twin = plant.barriers[BARRIER]
        self._read_us = 0
        self._drivers, self._phantoms, self._doubts = cycle(DRIVERS), cycle(PHANTOMS), cycle(DOUBTS)

    def acts(self, limits: dict[str, float]) -> Sequence[Act]:
        """In an order in which a short life sees each."""
        loop_s, vehicle_s = _QUIET * limits["loop_plate_s"], _QUIET * limits["plate_loop_s"]
        return (
            Act(_QUIET * limits["plate_before_s"] + loop_s + 2.0, self.hides_its_plate),
            Act(2 * vehicle_s + 2.0, self.paper_plate),
            Act(4.0, self.wanted_comes),
            Act(2.0, self.plate_in_doubt),
            Act(4.0, self.comes_home),
        )

    def comes_home(self, stage: Stage) -> None:
        """A resident or a visitor drives in: the plate is read, the barrier opens, and closes behind the vehicle."""
        if self._visitors:
            stage.tell("访客车辆识别进门", "a visitor's plate opens the entry barrier")
            plate = self._visitors.popleft()
        else:
            stage.tell("业主车辆识别进门", "a resident's plate opens the entry barrier")
            plate = plate_of(next(self._drivers))
        self._drives_in(stage, plate)
        for detector in ("plate_watched", "plate_unreadable"):
            stage.record.harmless(detector)

    def wanted_comes(self, stage: Stage) -> None:
        """A plate that is looked for is on a vehicle that drives in: it is a copy of a resident's. It is told once in a while."""
        fresh = (plate_of(one) for one in WANTED)
        plate = next((one for one in fresh if stage.is_fresh("plate_watched", f"{BARRIER}/{one}", "watch_quiet_s")), None)
        if plate is None:
            self.comes_home(stage)
            return
        stage.tell("布控车牌进门", "a plate of the watch list drives in")
        stage.happened("plate_watched", f"{BARRIER}/{plate}", "watch_quiet_s")
        self._drives_in(stage, plate)

    def _drives_in(self, stage: Stage, plate: str) -> None:
        limit_s = stage.limits["plate_loop_s"]
        begin_us = self._opened_by(stage, plate, self._twin.car_arrives)
        with stage.lasting("barrier_left_open", BARRIER, "left_open_s", _nothing, self._close):
            seen(self._plant, BARRIER, stage)
            there_s = stage.since_s(begin_us)
            stage.until(lambda: self._twin.opened >= 1.0, SEEN_S)
            self._twin.car_leaves()
            seen(self._plant, BARRIER, stage)
        outcome: Outcome = "near_miss" if there_s < SHORT * limit_s else "ambiguous"
        stage.record.judged("plate_without_vehicle", BARRIER, outcome)
        for detector in ("loop_plate_disagree", "barrier_unexplained", "tailgating"):
            stage.record.harmless(detector)
        self._shut(stage)

    def paper_plate(self, stage: Stage) -> None:
        """Somebody holds a picture of a plate to the camera: the barrier opens, and no vehicle is there. Right behind another
        vehicle, that one's time on the loop explains it."""
        stage.rest(_QUIET * stage.limits["plate_loop_s"] - stage.since_s(self._read_us))
        stage.tell("有人举车牌照片骗开道闸", "a picture of a plate opens the barrier, and no vehicle is there")
        begin_us = self._opened_by(stage, plate_of(next(self._phantoms)), _nothing)
        with stage.lasting("barrier_left_open", BARRIER, "left_open_s", _nothing, self._close):
            stage.until(lambda: self._twin.opened >= 1.0, SEEN_S)
            seen(self._plant, BARRIER, stage)
        self._shut(stage)
        stage.rest(_QUIET * stage.limits["plate_loop_s"] - stage.since_s(begin_us))
        stage.lasted("plate_without_vehicle", BARRIER, begin_us, 0.0)

    def hides_its_plate(self, stage: Stage) -> None:
        """A vehicle with a covered plate stands on the loop, and drives away again."""
        stage.rest(_QUIET * stage.limits["plate_before_s"] - stage.since_s(self._read_us))
        stage.tell("遮挡号牌的车辆停在入口", "a vehicle with a covered plate stands at the entry")
        begin_us = stage.clock.now_us()
        self._twin.car_arrives()
        try:
            stage.rest(_QUIET * stage.limits["loop_plate_s"])
        finally:
            self._twin.car_leaves()
        stage.lasted("loop_plate_disagree", BARRIER, begin_us, 0.0)
        seen(self._plant, BARRIER, stage)

    def plate_in_doubt(self, stage: Stage) -> None:
        """The camera is not sure, or makes nothing out, or somebody has drawn on the plate. It opens nothing."""
        if not stage.is_fresh("plate_unreadable", BARRIER, "plate_doubt_s"):
            return
        plate, confidence = next(self._doubts)
        stage.tell("入口车牌识别不清", "a plate cannot be made out at the entry")
        presses = self._twin.presses["open"]
        self._see(stage, plate, confidence)
        stage.happened("plate_unreadable", BARRIER, "plate_doubt_s")
        stage.rest(NOTICED_S)
        if self._twin.presses["open"] > presses:
            raise RuntimeError("a plate in doubt has opened the entry barrier")

    def _opened_by(self, stage: Stage, plate: str, follows: Callable[[], None]) -> int:
        """Show the plate, let `follows` happen at once, and wait for the barrier. When the plate was shown."""
        presses, begin_us = self._twin.presses["open"], stage.clock.now_us()
        self._see(stage, plate)
        follows()
        if not stage.until(lambda: self._twin.presses["open"] > presses, SEEN_S):
            raise RuntimeError("a resident's plate was read and the entry barrier did not open within 10 s")
        return begin_us

    def _see(self, stage: Stage, plate: str, confidence: int = 96) -> None:
        if not self._plant.plates.see(plate, confidence=confidence):
            raise RuntimeError("the plate camera pushed and its agent took nothing: read the agent's log")
        self._read_us = stage.clock.now_us()

    def _close(self) -> None:
        self._plant.press(BARRIER, "close")

    def _shut(self, stage: Stage) -> None:
        stage.until(lambda: self._twin.opened <= 0.0, SEEN_S)
        seen(self._plant, BARRIER, stage)


DOUBTS = ((plate_of(DRIVERS[0]), UNSURE), ("", 0), (plate_of(DRIVERS[1]).replace("A", "А"), 96))
"""Plates as the camera tells them, and how sure it is."""


class Wicket:
    """The wicket for people, whose reader inside the gate lets nobody in twice."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._cards = cycle(PEDESTRIANS)

    def acts(self) -> Sequence[Act]:
        """First the trouble."""
        return (Act(5.0, self.card_handed_back), Act(4.0, self.goes_out_and_in))

    def card_handed_back(self, stage: Stage) -> None:
        """Somebody is in and hands the card back through the bars; whoever has it tries it, and is refused."""
        if not stage.is_fresh("passback", "reader-5", "passbacks_window_s"):
            return
        card = next(self._cards)
        stage.tell("东门人行入口一卡多人", "a card is handed back at the wicket")
        self._passes(stage, "reader-5", card)
        for _ in range(int(stage.limits["passbacks"])):
            _shut(self._plant, "wicket-1", stage)
            self._plant.walk["reader-5"].present(FACILITY, card)
            stage.happened("passback", "reader-5", "passbacks_window_s", "passbacks")
            stage.rest(AGAIN_S)
        self._passes(stage, "reader-6", card)

    def goes_out_and_in(self, stage: Stage) -> None:
        """Somebody comes in, goes out for the parcel, and comes in again: no passback."""
        card = next(self._cards)
        for reader in ("reader-5", "reader-6", "reader-5"):
            self._passes(stage, reader, card)
        stage.record.harmless("passback")

    def _passes(self, stage: Stage, reader: str, card: int) -> None:
        passes(self._plant, reader, "wicket-1", card, stage)


class Cards:
    """Cards at two places: copied, lost, revoked or suspended ones."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._travellers = cycle(TRAVELLERS)

    def acts(self, limits: dict[str, float]) -> Sequence[Act]:
        """First the trouble."""
        return (
            Act(3.0, self.stopped_card),
            Act(3.0, self.is_at_two_places),
            Act(2.0, self.suspended_card),
            Act(_QUIET * limits["travel_s"] + 3.0, self.walks_across),
        )

    def is_at_two_places(self, stage: Stage) -> None:
        """A copied card is shown in the garage while its owner comes in by the west gate."""
        card, begin_us = next(self._travellers), stage.clock.now_us()
        stage.tell("同一卡号在西门与车库同时出现", "one card at the west gate and in the garage")
        passes(self._plant, "reader-7", "wicket-2", card, stage)
        passes(self._plant, "reader-8", "lift-hall", card, stage)
        soon = stage.since_s(begin_us) < SHORT * stage.limits["travel_s"]
        stage.record.judged("impossible_travel", "reader-8", "episode" if soon else "ambiguous")

    def walks_across(self, stage: Stage) -> None:
        """Somebody comes in by the west gate and walks to the garage."""
        card = next(self._travellers)
        passes(self._plant, "reader-7", "wicket-2", card, stage)
        stage.rest(_QUIET * stage.limits["travel_s"])
        passes(self._plant, "reader-8", "lift-hall", card, stage)
        stage.record.harmless("impossible_travel")

    def stopped_card(self, stage: Stage) -> None:
        """A card that was reported lost, or was revoked, is tried."""
        for reader, card in (("reader-8", LOST), ("reader-7", REVOKED)):
            if stage.is_fresh("stopped_credential", reader, "stopped_quiet_s"):
                zh, en = NAMES[reader]
                stage.tell(f"挂失或注销的卡在{zh}使用", f"a stopped card is used at {en}")
                self._plant.walk[reader].present(FACILITY, card)
                stage.happened("stopped_credential", reader, "stopped_quiet_s")
                stage.rest(NOTICED_S)
                return

    def suspended_card(self, stage: Stage) -> None:
        """A card that is suspended is refused as any other is."""
        if not stage.is_fresh("repeated_refusals", "reader-8", "refusals_window_s"):
            return
        self._plant.walk["reader-8"].present(FACILITY, SUSPENDED)
        stage.happened("repeated_refusals", "reader-8", "refusals_window_s", "refusals")
        stage.record.harmless("stopped_credential")
        stage.rest(NOTICED_S)


def passes(plant: Plant, reader: str, door: str, card: int, stage: Stage) -> None:
    """Hold a card with a right to a reader, and wait until its door is unlocked."""
    _shut(plant, door, stage)
    before = plant.locks.unlocks[door]
    plant.walk[reader].present(FACILITY, card)
    if not stage.until(lambda: plant.locks.unlocks[door] > before, SEEN_S):
        raise RuntimeError(f"a card with a right was held to {reader}, and {door} was not unlocked within 10 s")


def _shut(plant: Plant, door: str, stage: Stage) -> None:
    stage.until(lambda: not plant.locks.is_unlocked(door), SEEN_S)
