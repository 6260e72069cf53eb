"""The demo's policy: the one that ships, with its times divided, so that a minute shows what a night does."""

from pathlib import Path
from typing import Any

import yaml

from hub.policy.load import RESIDENTIAL
from hub.policy.numbers import CLAUSES
from watchkeeper.demo import rounds

DEFAULT_SPEED = 12.0
SPEED_MAX = 12.0
"""Beyond it a stall of this machine could not be told from an episode."""

KEPT = frozenset((
    "grant_s", "grace_s", "pass_s", "pass_grace_s", "tail_pass_s", "tail_grace_s", "loop_gap_s", "late_s", "source_stall_s",
    "footage_hole_s",
))  # fmt: skip
"""What the network and the machine need does not shrink with the demo's times, nor what a recorder needs that begins anew."""

LEAST_S = {"camera_lost_s": 6.0, "takeover_window_s": 15.0, "loop_plate_s": 3.0, "plate_loop_s": 3.0}
"""A camera's stream takes seconds to come back, whatever the speed, and so does an agent that was thrown out by its broker. A
plate comes by another wire than the loop beneath its vehicle, and either may be held up."""

LOOPBACK = "127.0.0.0/8"


def shortened(speed: float, night: rounds.Night) -> dict[str, Any]:
    """The shipped policy as plain data, every number in seconds divided by `speed` as far as the number's range allows. The
    demo's webhook receiver is on loopback, which the policy therefore allows. Its `night` is now, with rounds of seconds at any
    speed, and what the desk does by the clock too: an hour would be too long to look on."""
    file: dict[str, Any] = yaml.safe_load(RESIDENTIAL.read_text(encoding="utf-8"))
    for clause, body in file["clauses"].items():
        for name, value in body.get("numbers", {}).items():
            if name.endswith("_s") and name not in KEPT:
                body["numbers"][name] = _divided(clause, name, value, speed)
    duties = {row["duty"]: row for clause in file["clauses"].values() for row in clause.get("duties", ())}
    begin, end = night.hours()
    for duty, every_s in {rounds.DUTY: rounds.EVERY_S, **{beat.route: beat.every_s for beat in rounds.DESK_BEATS}}.items():
        hours = {"type": "interval", "from": begin, "to": end, "every_s": every_s, "open_s": rounds.OPEN_S}
        duties[duty] |= {"schedules": [hours], "tolerance_s": rounds.TOLERANCE_S, "early_s": 0}
    file["policy"] = "demo"
    file["demonstration"] = True
    file["webhook"] = {"allow_private": [LOOPBACK]}
    return file


def write(path: Path, speed: float, night: rounds.Night) -> Path:
    """Write the shortened policy to `path`, and return it."""
    path.write_text(yaml.safe_dump(shortened(speed, night), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _divided(clause: str, name: str, value: float, speed: float) -> float:
    least = min(value, max(CLAUSES[clause][name].low, LEAST_S.get(name, 0.0)))
    return max(least, round(value / speed, 3))
