"""What happens at the demo's estate: lanes of life for people, and lanes of trouble, each on twins of its own."""

from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random

from contract.orders import KeepHead
from watchkeeper.demo import cameras, estate, forgery, phones, troubles
from watchkeeper.demo.agent_twin import AgentTwin
from watchkeeper.demo.desk import Operator
from watchkeeper.demo.deskwork import DeskWork
from watchkeeper.demo.forgery import ToldAgent
from watchkeeper.demo.life import Act, Lane, Stage
from watchkeeper.demo.passing import Cards, EntryLane, Wicket
from watchkeeper.demo.phones import SILENT_S, Phone
from watchkeeper.demo.plant import Plant
from watchkeeper.demo.proxy import CutProxy
from watchkeeper.demo.takeovers import Taker
from watchkeeper.demo.visiting import GateDesk

NEAR = 0.3
EPISODE = 2.0
"""How long near misses and episodes are meant to last, in limits."""
_PUMPS = (
    "taken quarantined repeated forged overtakes damaged near silent once",
    "once near silent taken quarantined repeated forged overtakes damaged",
    "once quarantined damaged repeated forged overtakes silent taken near",
)
"""What befalls each small agent, in turn."""


def lanes(
    plant: Plant, garage: CutProxy, pumps: list[AgentTwin], limits: dict[str, float], random: Random, *, visitors: deque[str]
) -> list[Lane]:
    """All lanes of the estate. `visitors`: see EntryLane."""

    def lane(name: str, *acts: Act, pause_s: float = 2.0, first_s: float = 0.0) -> Lane:
        return Lane(name, acts, random=Random(random.random()), pause_s=pause_s, first_s=first_s)  # noqa: S311

    held, left_open = limits["held_s"], limits["left_open_s"]
    window, hold = limits["refusals_window_s"], limits["hold_s"]
    away, clock_off = limits["device_silent_s"], limits["clock_off_for_s"]
    made = [
        lane("held", _timed(held, EPISODE, partial(troubles.door_stands_open, plant, 1))),
        lane("walks", _timed(held, NEAR, partial(troubles.door_stands_open, plant, 2)), pause_s=3.0),
        lane("forced", Act(2.0, partial(troubles.door_forced, plant, 3)), pause_s=6.0),
        lane("lets-out", Act(3.0, partial(troubles.let_out, plant, 4)), pause_s=4.0),
        lane("left-open", _timed(left_open, EPISODE, partial(troubles.barrier_stands_open, plant, "barrier-3")), first_s=1.0),
        lane(
            "residents",
            Act(4.0 + NEAR * left_open, partial(troubles.resident_drives_out, plant, random=random)),
            Act(8.0 + EPISODE * left_open, partial(troubles.resident_is_tailed, plant, random=random)),
            pause_s=4.0,
        ),
        lane(
            "arm",
            Act(2.0, partial(troubles.arm_knocked_off, plant)),
            Act(2.0, partial(troubles.car_under_arm, plant)),
            pause_s=3.0,
        ),
        lane("strangers", Act(3.0, partial(troubles.stranger_insists, plant, random=random)), pause_s=1.6 * window),
        lane("forgetful", Act(2.0, partial(troubles.wrong_card_twice, plant, random=random)), pause_s=1.7 * window),
        lane("hot", _timed(hold, EPISODE, partial(troubles.measured, plant, "temperature", estate.TEMPERATURE_MAX))),
        lane(
            "pressure", _timed(hold, NEAR, partial(troubles.measured, plant, "water_pressure", estate.PRESSURE_MAX)), pause_s=3.0
        ),
        lane("lift-dies", _timed(away, 1.7, partial(troubles.device_away, plant, "lift-1")), pause_s=1.0),
        lane("lift-flickers", Act(4.0, partial(troubles.device_back_at_once, plant, "lift-2")), pause_s=11.0, first_s=5.0),
        lane(
            "clock",
            _timed(clock_off, NEAR, partial(troubles.clock_off, plant)),
            _timed(clock_off, EPISODE, partial(troubles.clock_off, plant)),
        ),
        lane(
            "panel-trips",
            *(Act(3.0, partial(troubles.zone_trips, plant, zone)) for zone in ("fire-hall", "alarm-desk", "cabinet-1")),
        ),
        lane(
            "panel-bounces",
            *(Act(3.0, partial(troubles.zone_bounces, plant, zone)) for zone in ("fire-garage", "alarm-shop", "cabinet-2")),
        ),
        lane("intruder", *(Act(6.0, partial(troubles.intruder_reports, plant, zone)) for zone in ("BA1", "TA2", "AT"))),
        lane("panels-noise", Act(2.0, partial(troubles.panel_line_noise, plant)), pause_s=5.0),
        lane("fire", *(Act(6.0, partial(troubles.fire_panel_reports, plant, what)) for what in ("fire", "fault"))),
        lane("noise", Act(2.0, partial(troubles.line_noise, plant)), pause_s=6.0),
        lane(
            "cable",
            Act(8.0, partial(troubles.link_breaks, garage)),
            Act(1.8 * limits["agent_silent_s"] + 12.0, partial(troubles.cable_cut, garage)),
            first_s=10.0,
            pause_s=12.0,
        ),
    ]
    made += _at_gates(lane, plant, limits, visitors)
    made += [lane(camera, *cameras.acts(plant, camera, limits), pause_s=0.8) for camera in estate.CAMERAS]
    return made + [lane(pump.agent, *_pump(pump, at, limits), pause_s=1.0) for at, pump in enumerate(pumps)]


def _at_gates(make: Callable[..., Lane], plant: Plant, limits: dict[str, float], visitors: deque[str]) -> list[Lane]:
    """Those at readers and at the plate camera."""
    restarts, replaced = (partial(play, plant) for play in (troubles.reader_restarts, troubles.reader_replaced))
    return [
        make("entry", *EntryLane(plant, visitors).acts(limits), pause_s=0.4),
        make("wicket", *Wicket(plant).acts(), pause_s=3.0),
        make("cards", *Cards(plant).acts(limits), pause_s=1.5),
        make("reader", Act(3.0, restarts), Act(16.0, replaced), pause_s=6.0, first_s=2.0),
    ]


def backdrop(plant: Plant, operator: Operator, desk: DeskWork, gate: GateDesk, random: Random) -> list[Lane]:
    """What goes on before, during and after life: agents that have something to say are never silent, and somebody is on duty."""
    climate = Act(0.0, partial(troubles.climate, plant, random=random))
    comes_home = Act(0.0, partial(troubles.resident_comes_home, plant, random=random))
    return [
        Lane("climate", [climate], random=random, pause_s=0.8),
        Lane("panels", [Act(0.0, partial(troubles.panels_beat, plant))], random=Random(random.random()), pause_s=1.0),  # noqa: S311
        Lane("duty", [Act(0.0, operator.look)], random=Random(random.random()), pause_s=1.0),  # noqa: S311
        Lane("desk", [Act(0.0, desk.look)], random=Random(random.random()), pause_s=1.0),  # noqa: S311
        Lane("guests", [Act(0.0, gate.look)], random=Random(random.random()), pause_s=1.0),  # noqa: S311
        Lane("lobby", [comes_home], random=Random(random.random()), pause_s=3.0),  # noqa: S311
    ]


def of_audit(told: list[ToldAgent], newest: Callable[[], KeepHead | None], random: Random) -> list[Lane]:
    """What agents are told of the hub's audit log."""
    return [
        Lane(
            f"audit-{agent.agent}",
            [
                Act(3.0, partial(forgery.head_told, agent, newest)),
                Act(4.0, partial(forgery.log_forked, agent)),
                Act(4.0, partial(forgery.log_put_back, agent)),
            ],
            random=Random(random.random()),  # noqa: S311 - a script, no secret
            pause_s=3.0,
        )
        for agent in told
    ]


def of_phones(carried: list[Phone], random: Random) -> list[Lane]:
    """What guards say by their phones; each phone does one thing, over and over."""
    first, second, third = carried
    silence = partial(phones.works_alone, third)
    acts = {
        "help": [Act(5.0, partial(phones.calls_for_help, first))],
        "sees": [Act(3.0, partial(phones.sees_something, second))],
        "alone": [_timed(SILENT_S, NEAR, silence), _timed(SILENT_S, EPISODE, silence)],
    }
    pauses_s = {"alone": 1.0}  # an act of its own is long: three of each kind fit into a minute
    return [Lane(name, of, random=Random(random.random()), pause_s=pauses_s.get(name, 6.0)) for name, of in acts.items()]  # noqa: S311


def _timed(limit_s: float, share: float, play: Callable[[Stage, float], None]) -> Act:
    """An act about a condition that lasts `share` of its limit; beyond it, it takes 4 s at most to begin and to end."""
    seconds = share * limit_s
    return Act(max(seconds, limit_s) * 1.2 + 4.0 if share > 1 else seconds + 4.0, lambda stage: play(stage, seconds))


def _pump(pump: AgentTwin, at: int, limits: dict[str, float]) -> list[Act]:
    """What goes wrong with one small agent, in an order of its own: the same things come early and late in a minute, and a quiet
    window lies between an episode of its connection and a near miss."""
    silent = limits["agent_silent_s"]
    foreign = f"meter-{(at + 1) % len(estate.PUMPS) + 1}"
    taker = Taker(pump)
    acts = {
        "taken": Act(14.0, taker.insists),
        "once": Act(5.0, taker.tries_once),
        "quarantined": Act(4.0, partial(troubles.report_quarantined, pump, foreign=foreign)),
        "repeated": Act(4.0, partial(troubles.report_repeated, pump)),
        "forged": Act(4.0, partial(troubles.report_forged, pump)),
        "overtakes": Act(4.0, partial(troubles.report_overtakes, pump)),
        "damaged": Act(6.0, partial(troubles.log_damaged, pump)),
        "near": Act(4.0 + NEAR * silent, lambda stage: troubles.agent_silent(pump, stage, NEAR * silent)),
        "silent": Act(4.0 + EPISODE * silent, lambda stage: troubles.agent_silent(pump, stage, EPISODE * silent)),
    }
    return [acts[name] for name in _PUMPS[at % len(_PUMPS)].split()]
