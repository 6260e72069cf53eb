"""The single things that are done to doors, barriers, readers, meters, panels and agents."""

from collections.abc import Callable
from functools import partial
from random import Random

from contract.clock import US_PER_S
from drivers.gb26875.twin import FAULT, FIRE, NORMAL
from watchkeeper.demo.agent_twin import AgentTwin
from watchkeeper.demo.estate import CLOCK_OFF_S, FACILITY, GARAGE, NAMES, RESIDENTS, STRANGERS
from watchkeeper.demo.life import Stage
from watchkeeper.demo.plant import TRAVEL_S, Plant
from watchkeeper.demo.proxy import CutProxy
from watchkeeper.demo.record import SHORT, Lasted

PRESS_S = 0.6
SEEN_POLLS = 4
"""A board that has answered so often since a change has told it, bounces considered."""
SEEN_S = 10.0
NOTICED_S = 0.5
"""So long after a reader has been challenged its agent has judged it."""
BACK_S = 30.0


def seen(plant: Plant, board: str, stage: Stage) -> None:
    """Wait until the agent must have seen the board as it is now."""
    before = plant.answered(board)
    stage.until(lambda: plant.answered(board) >= before + SEEN_POLLS, SEEN_S)


def _exit_button(plant: Plant, door: int, stage: Stage) -> None:
    plant.doors.activate(f"exit-{door}")
    seen(plant, "board-doors", stage)
    plant.doors.calm(f"exit-{door}")


def door_stands_open(plant: Plant, door: int, stage: Stage, seconds: float) -> None:
    """Somebody leaves by the button and the door stands open for a while."""
    name = f"door-{door}"
    zh, en = NAMES[name]
    _exit_button(plant, door, stage)
    stage.tell(f"{zh}打开 {seconds:.1f} 秒", f"{en} stands open for {seconds:.1f} s")
    with stage.lasting("door_held", name, "held_s", lambda: plant.doors.activate(name), lambda: plant.doors.calm(name)):
        stage.rest(seconds)
    stage.record.harmless("door_forced")
    seen(plant, "board-doors", stage)


def door_forced(plant: Plant, door: int, stage: Stage) -> None:
    """A door opens though nothing let anybody through. It closes at once."""
    name = f"door-{door}"
    zh, en = NAMES[name]
    stage.tell(f"{zh}被强行打开", f"{en} is forced open")
    begin_us = stage.clock.now_us()
    plant.doors.activate(name)
    seen(plant, "board-doors", stage)
    plant.doors.calm(name)
    stage.lasted("door_forced", name, begin_us, 0.0)
    seen(plant, "board-doors", stage)


def let_out(plant: Plant, door: int, stage: Stage) -> None:
    """A courier leaves by the button: the door opens a moment later."""
    name = f"door-{door}"
    zh, en = NAMES[name]
    stage.tell(f"快递员从{zh}离开", f"a courier leaves by {en}")
    _exit_button(plant, door, stage)
    plant.doors.activate(name)
    seen(plant, "board-doors", stage)
    plant.doors.calm(name)
    stage.record.harmless("door_forced")
    seen(plant, "board-doors", stage)


def barrier_stands_open(plant: Plant, barrier: str, stage: Stage, seconds: float) -> None:
    """The barrier is opened at its box and forgotten."""
    zh, en = NAMES[barrier]
    stage.tell(f"{zh}抬起后 {seconds:.1f} 秒未落", f"{en} stays open for {seconds:.1f} s")
    begin_us = stage.clock.now_us()
    plant.press(barrier, "open")
    stage.lasted("barrier_unexplained", barrier, begin_us, 0.0)
    stage.rest(TRAVEL_S)
    with stage.lasting("barrier_left_open", barrier, "left_open_s", _nothing, lambda: plant.press(barrier, "close")):
        stage.rest(seconds)
    stage.rest(TRAVEL_S)
    seen(plant, barrier, stage)


def resident_drives_out(plant: Plant, stage: Stage, *, random: Random) -> None:
    """A resident's card opens the exit barrier; the car drives through and the barrier closes behind it."""
    twin = plant.barriers["barrier-2"]
    stage.tell("业主刷卡驶出东门", "a resident's card opens the exit barrier")
    _opened_by_card(plant, stage, random)
    with stage.lasting("barrier_left_open", "barrier-2", "left_open_s", _nothing, lambda: plant.press("barrier-2", "close")):
        twin.car_arrives()
        stage.rest(0.3 * stage.limits["left_open_s"] - TRAVEL_S)
        twin.car_leaves()
        seen(plant, "barrier-2", stage)
    stage.record.harmless("tailgating")
    _shut(plant, stage)


def resident_is_tailed(plant: Plant, stage: Stage, *, random: Random) -> None:
    """A resident's card opens the exit barrier, and a second car drives through behind."""
    twin = plant.barriers["barrier-2"]
    stage.tell("业主驶出时后车跟出", "a second car follows a resident out")
    _opened_by_card(plant, stage, random)
    begin_us = stage.clock.now_us()
    with stage.lasting("barrier_left_open", "barrier-2", "left_open_s", _nothing, lambda: plant.press("barrier-2", "close")):
        for _ in range(2):
            twin.car_arrives()
            seen(plant, "barrier-2", stage)
            twin.car_leaves()
            seen(plant, "barrier-2", stage)
            stage.rest(stage.limits["loop_gap_s"])
    stage.lasted("tailgating", "barrier-2", begin_us, 0.0)
    _shut(plant, stage)


def _shut(plant: Plant, stage: Stage) -> None:
    stage.until(lambda: plant.barriers["barrier-2"].opened <= 0.0, SEEN_S)
    seen(plant, "barrier-2", stage)


def _opened_by_card(plant: Plant, stage: Stage, random: Random) -> None:
    twin = plant.barriers["barrier-2"]
    presses = twin.presses["open"]
    plant.exit.present(FACILITY, random.choice(RESIDENTS))
    if not stage.until(lambda: twin.presses["open"] > presses, SEEN_S):
        raise RuntimeError("a resident's card was presented and the exit barrier did not open within 10 s")
    stage.record.harmless("repeated_refusals")
    stage.until(lambda: twin.opened >= 1.0, SEEN_S)
    stage.record.harmless("barrier_unexplained")


def arm_knocked_off(plant: Plant, stage: Stage) -> None:
    """A car drives through the arm; somebody puts it back."""
    twin = plant.barriers["barrier-3"]
    stage.tell("西门道闸闸杆被撞脱", "a car knocks the west barrier's arm off")
    with stage.lasting("arm_knocked_off", "barrier-3", "", twin.knock_off_arm, twin.refit_arm):
        seen(plant, "barrier-3", stage)
    seen(plant, "barrier-3", stage)


def car_under_arm(plant: Plant, stage: Stage) -> None:
    """A car stands under the arm, and the arm stays where it is."""
    twin = plant.barriers["barrier-3"]
    twin.car_arrives()
    seen(plant, "barrier-3", stage)
    twin.car_leaves()
    stage.record.harmless("arm_knocked_off")


def stranger_insists(plant: Plant, stage: Stage, *, random: Random) -> None:
    """A stranger tries one card after another at the entry."""
    tries = random.randint(3, 5)
    stage.tell(f"陌生卡在东门入口连刷 {tries} 次", f"a stranger tries {tries} cards at the entry")
    for card in random.sample(STRANGERS, tries):
        plant.entry.present(FACILITY, card)
        stage.happened("repeated_refusals", "reader-1", "refusals_window_s", "refusals")
        stage.rest(0.25)


def wrong_card_twice(plant: Plant, stage: Stage, *, random: Random) -> None:
    """A visitor tries twice and walks away."""
    stage.tell("访客在东门出口刷错卡两次", "a visitor's card is refused twice at the exit")
    for card in random.sample(STRANGERS, 2):
        plant.exit.present(FACILITY, card)
        stage.happened("repeated_refusals", "reader-2", "refusals_window_s", "refusals")
        stage.rest(0.4)


def measured(plant: Plant, quantity: str, most: float, stage: Stage, seconds: float) -> None:
    """A value rises over its threshold and comes back inside; before that it comes near it without passing."""
    subject = f"board-meters/{quantity}"
    plant.meters.measure(quantity, most * 0.98)
    stage.rest(PRESS_S)
    plant.meters.measure(quantity, most * 0.7)
    stage.tell(f"设备间 {quantity} 越限 {seconds:.1f} 秒", f"plant room: {quantity} is over its limit for {seconds:.1f} s")

    def rise() -> None:
        plant.meters.measure(quantity, most * 1.1)

    with stage.lasting("measurement_over_threshold", subject, "hold_s", rise, lambda: plant.meters.measure(quantity, most * 0.7)):
        stage.rest(seconds)
    stage.rest(PRESS_S)


def device_away(plant: Plant, device: str, stage: Stage, seconds: float) -> None:
    """A device's plug is pulled."""
    zh, en = NAMES[device]
    stage.tell(f"{zh}断线 {seconds:.1f} 秒", f"{en} is unplugged for {seconds:.1f} s")
    before = 0

    def back() -> None:
        nonlocal before
        before = plant.answered(device)
        plant.plug(device)

    with stage.lasting("device_silent", device, "device_silent_s", lambda: plant.unplug(device), back):
        stage.rest(seconds)
    stage.until(lambda: plant.answered(device) > before, BACK_S)


def device_back_at_once(plant: Plant, device: str, stage: Stage) -> None:
    """A plug is pulled and put back. Where the agent does not find the device again soon, it stays pulled."""
    zh, en = NAMES[device]
    limit_s = stage.limits["device_silent_s"]
    stage.tell(f"{zh}插头松动", f"{en}: the plug is loose")
    begin_us = stage.clock.now_us()
    plant.unplug(device)
    before = plant.answered(device)
    plant.plug(device)
    if not stage.until(lambda: plant.answered(device) > before, (SHORT - 0.1) * limit_s):
        plant.unplug(device)
        try:
            stage.rest(1.7 * limit_s - stage.since_s(begin_us))
        finally:
            before = plant.answered(device)
            plant.plug(device)
    stage.lasted("device_silent", device, begin_us, limit_s)
    stage.until(lambda: plant.answered(device) > before, BACK_S)


def clock_off(plant: Plant, stage: Stage, seconds: float) -> None:
    """A camera's clock is an hour off for a while."""
    stage.tell(f"大堂摄像机时钟差一小时，持续 {seconds:.1f} 秒", f"the lobby camera's clock is an hour off for {seconds:.1f} s")

    def see(off_s: float) -> None:
        plant.mqtt.see("lobby", at_s=stage.clock.now_us() / US_PER_S - off_s)

    with stage.lasting("device_clock_off", "lobby-view", "clock_off_for_s", lambda: see(CLOCK_OFF_S), lambda: see(0.0)):
        stage.rest(seconds)


def zone_trips(plant: Plant, zone: str, stage: Stage) -> None:
    """A zone of the alarm panel trips, and is calm again."""
    detector = {"fire": "fire_input", "alarm": "alarm_input", "cabinet": "tamper"}[zone.partition("-")[0]]
    stage.tell(f"报警主机 {zone} 动作", f"alarm panel: {zone} trips")
    with stage.lasting(detector, zone, "", lambda: plant.panel.activate(zone), lambda: plant.panel.calm(zone)):
        seen(plant, "panel", stage)
    seen(plant, "panel", stage)


def zone_bounces(plant: Plant, zone: str, stage: Stage) -> None:
    """A contact of the alarm panel bounces for one poll."""
    detector = {"fire": "fire_input", "alarm": "alarm_input", "cabinet": "tamper"}[zone.partition("-")[0]]
    count = plant.glitches.count
    plant.glitches.bounce(zone)
    if stage.until(lambda: plant.glitches.count > count, SEEN_S):
        stage.record.harmless(detector)


def intruder_reports(plant: Plant, event: str, stage: Stage) -> None:
    """The intruder panel reports an event and its restoral."""
    code, zone = event[:2], event[2:]
    detector = {"BA": "alarm_input", "TA": "tamper", "AT": "panel_fault"}[code]
    restoral = {"BA": "BR", "TA": "TR", "AT": "AR"}[code] + zone
    stage.tell(f"周界报警主机上报 {event}", f"the intruder panel reports {event}")
    with stage.lasting(
        detector,
        f"intruder/{event}",
        "",
        lambda: _acknowledged(plant.intruder.report(event)),
        lambda: _acknowledged(plant.intruder.report(restoral)),
    ):
        stage.rest(PRESS_S)


def panel_line_noise(plant: Plant, stage: Stage) -> None:
    """A message of each panel is damaged on the way: no alarm, and no fault."""
    plant.intruder.damage("9")
    stage.record.harmless("alarm_input")
    plant.fire.damage(FAULT)
    stage.record.harmless("panel_fault")


def fire_panel_reports(plant: Plant, what: str, stage: Stage) -> None:
    """A smoke detector sees fire, or is out of order; then it is well."""
    detector = {"fire": "fire_input", "fault": "panel_fault"}[what]
    bits = {"fire": FIRE, "fault": FAULT}[what]
    zh, en = {"fire": ("火警", "fire"), "fault": ("故障", "a fault")}[what]
    stage.tell(f"消防主机上报{zh}", f"the fire panel reports {en}")
    part = partial(plant.fire.part, 2, 7, text="2号楼电梯厅")
    with stage.lasting(
        detector, f"fire/{what}", "", lambda: _acknowledged(part(bits=bits)), lambda: _acknowledged(part(bits=NORMAL))
    ):
        stage.rest(PRESS_S)


def panels_beat(plant: Plant, stage: Stage) -> None:  # noqa: ARG001 - a lane's signature
    """Panels, plate camera and reader of codes show that they are there. At the start nobody takes the call: no trouble."""
    plant.intruder.test_link()
    plant.fire.beat()
    plant.plates.beat()
    plant.codes.beat()


def _acknowledged(taken: bool) -> None:
    if not taken:
        raise RuntimeError("a panel reported and its agent did not acknowledge: read the agent's log")


def resident_comes_home(plant: Plant, stage: Stage, *, random: Random) -> None:  # noqa: ARG001 - a lane's signature
    """A resident holds a card to the lobby's reader."""
    plant.lobby.present(FACILITY, random.choice(RESIDENTS))


def reader_replaced(plant: Plant, stage: Stage) -> None:
    """Somebody hangs a box in the lobby reader's place that speaks without the secure channel. It is not listened to."""
    reader = plant.lobby

    def hang_box() -> None:
        reader.can_secure, reader.plain = False, True

    def hang_reader() -> None:
        reader.can_secure, reader.plain = True, False

    stage.tell("大堂读卡器被换成不加密的盒子", "a box without the secure channel hangs in the place of the lobby's reader")
    with stage.lasting("reader_refused", "reader-4", "", hang_box, hang_reader):
        before = reader.challenges
        stage.until(lambda: reader.challenges > before, SEEN_S)
        stage.rest(NOTICED_S)
    before = reader.polls
    stage.until(lambda: reader.polls > before, SEEN_S)


def reader_restarts(plant: Plant, stage: Stage) -> None:
    """The lobby's reader loses its power for a moment: its secure channel is opened anew, and it is believed."""
    reader = plant.lobby
    before = reader.challenges
    reader.restart()
    stage.until(lambda: reader.challenges > before, SEEN_S)
    stage.record.harmless("reader_refused")
    stage.rest(NOTICED_S)


def line_noise(plant: Plant, stage: Stage) -> None:
    """A damaged card frame on a reader's line: counted as noise, and no card."""
    plant.entry.damage(FACILITY, RESIDENTS[0])
    stage.record.harmless("quarantined")


def climate(plant: Plant, stage: Stage, *, random: Random) -> None:  # noqa: ARG001 - a lane's signature
    """The garage's climate sensor speaks."""
    plant.mqtt.zigbee("climate", temperature=round(random.uniform(16, 18), 1), humidity=round(random.uniform(50, 60), 1))


def link_breaks(proxy: CutProxy, stage: Stage) -> None:
    """The garage's connection breaks, its last will is published, and it is back. Where it stays away too long, it stays cut."""
    limit_s = stage.limits["agent_silent_s"]
    stage.tell("车库网络闪断", "the garage's connection breaks and comes back")
    begin_us = proxy.last_us
    proxy.cut()
    cut_us = stage.clock.now_us()
    proxy.mend()
    back = stage.until(lambda: proxy.last_us > cut_us, (SHORT - 0.1) * limit_s - stage.since_s(begin_us))
    if not back:
        _stay_cut(proxy, stage, limit_s)
        return
    stage.record.lasted(Lasted("agent_silent", GARAGE, begin_us, proxy.last_us, int(limit_s * US_PER_S)))


def cable_cut(proxy: CutProxy, stage: Stage) -> None:
    """The garage's cable is cut for good while."""
    stage.tell("车库网线被挖断", "the garage's cable is cut")
    _stay_cut(proxy, stage, stage.limits["agent_silent_s"])


def _stay_cut(proxy: CutProxy, stage: Stage, limit_s: float) -> None:
    proxy.cut()
    begin_us = stage.clock.now_us()
    try:
        stage.rest(1.7 * limit_s)
    finally:
        proxy.mend()
    stage.lasted("agent_silent", GARAGE, begin_us, limit_s)
    stage.tell("车库网络恢复，补传积压", "the garage is back and sends what it kept")
    cut_us = stage.clock.now_us()
    stage.until(lambda: proxy.last_us > cut_us, BACK_S)


# Small agents of another make


def agent_silent(pump: AgentTwin, stage: Stage, seconds: float) -> None:
    """A small agent says nothing for a while."""
    zh, en = NAMES[pump.agent]
    limit_s = stage.limits["agent_silent_s"]
    stage.tell(f"{zh}静默 {seconds:.1f} 秒", f"{en} is silent for {seconds:.1f} s")
    pump.silent = True
    begin_us = pump.last_sent_us
    try:
        stage.rest(seconds)
        if SHORT - 0.1 < stage.since_s(begin_us) / limit_s < 1.7:
            stage.rest(1.7 * limit_s - stage.since_s(begin_us))
    finally:
        pump.silent = False
    cut_us = stage.clock.now_us()
    stage.lasted("agent_silent", pump.agent, begin_us, limit_s)
    stage.until(lambda: pump.last_sent_us > cut_us, BACK_S)


def report_quarantined(pump: AgentTwin, stage: Stage, *, foreign: str) -> None:
    """A report about an unknown device, about another agent's device, or of a kind that nobody knows."""
    ways: dict[str, Callable[[], object]] = {
        "unknown_device": lambda: pump.note_about("meter-99"),
        "foreign_device": lambda: pump.note_about(foreign),
        "undecodable": pump.note_unknown_kind,
    }
    for way, do in ways.items():
        if stage.is_fresh("quarantined", f"{pump.agent}/{way}", "quiet_s"):
            stage.tell(f"{NAMES[pump.agent][0]}上报无法识别的内容", f"{NAMES[pump.agent][1]} reports what nobody knows: {way}")
            do()
            stage.happened("quarantined", f"{pump.agent}/{way}", "quiet_s")
            break
    _settle(pump, stage)


def report_forged(pump: AgentTwin, stage: Stage) -> None:
    """Somebody sends in a small agent's name."""
    for way in ("wrong_mac", "no_seal"):
        if stage.is_fresh("foreign_report", f"{pump.agent}/{way}", "quiet_s"):
            stage.tell(f"有人冒充{NAMES[pump.agent][0]}上报", f"somebody reports in the name of {NAMES[pump.agent][1]}: {way}")
            pump.forge(way)
            stage.happened("foreign_report", f"{pump.agent}/{way}", "quiet_s")
            break


def report_repeated(pump: AgentTwin, stage: Stage) -> None:
    """Somebody has recorded a genuine report and plays it again."""
    _settle(pump, stage)
    pump.repeat()
    stage.record.harmless("foreign_report")


def report_overtakes(pump: AgentTwin, stage: Stage) -> None:
    """One report overtakes another on the way."""
    _settle(pump, stage)
    pump.overtake()
    _settle(pump, stage)
    stage.record.harmless("sequence_gap")


def log_damaged(pump: AgentTwin, stage: Stage) -> None:
    """A small agent's log has lost rows, or had no room for them and says so."""
    zh, en = NAMES[pump.agent]
    if stage.is_fresh("sequence_gap", pump.agent, "quiet_s"):
        stage.tell(f"{zh}存储损坏，记录缺失", f"{en}: the log is damaged, records are gone")
        if stage.until(lambda: pump.lose(5), SEEN_S):
            stage.happened("sequence_gap", pump.agent, "quiet_s")
    elif stage.is_fresh("sequence_gap", f"{pump.agent}/measurements", "quiet_s"):
        stage.tell(f"{zh}存储已满，丢弃读数", f"{en}: the log is full, measurements are dropped")
        pump.note_dropped(10)
        stage.happened("sequence_gap", f"{pump.agent}/measurements", "quiet_s")
    _settle(pump, stage)


def _settle(pump: AgentTwin, stage: Stage) -> None:
    """Wait until the hub has what the agent has said so far."""
    stage.until(lambda: pump.settled, SEEN_S)


def _nothing() -> None:
    """The condition began by itself."""
