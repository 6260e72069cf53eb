"""What happens to a camera: its picture goes dark or stands still, and its stream is lost."""

from functools import partial

from watchkeeper.demo.estate import CAMERAS, FROZEN_AFTER_S, NAMES
from watchkeeper.demo.life import Act, Stage
from watchkeeper.demo.plant import Plant
from watchkeeper.demo.record import SHORT

BLINK_S = 0.8
NOTICED_S = 1.5
"""What the analysis may take to see a change."""
BACK_S = 20.0


def acts(plant: Plant, camera: str, limits: dict[str, float]) -> list[Act]:
    """The round of one camera. Each camera begins elsewhere in it, so that a short life sees some of everything. A
    stream that breaks twice in ten seconds comes back slowly: that is why the two ways to lose it stand far apart."""
    dark_s, lost_s = limits["camera_dark_s"], limits["camera_lost_s"]
    frozen_s = FROZEN_AFTER_S + NOTICED_S + 2.0 * limits["camera_frozen_s"]
    dark = [
        Act(BLINK_S + 3.0, partial(_dark, plant, camera, BLINK_S)),
        Act(2.2 * dark_s + 3.0, partial(_dark, plant, camera, 2.2 * dark_s)),
    ]
    frozen = [
        Act(BLINK_S + 3.0, partial(_still, plant, camera)),
        Act(frozen_s + 3.0, partial(_frozen, plant, camera, frozen_s)),
    ]
    lost = [Act(5.0, partial(_flickers, plant, camera)), Act(1.6 * lost_s + 5.0, partial(_lost, plant, camera, 1.6 * lost_s))]
    whole = {
        0: dark + lost[:1] + frozen + lost[1:],
        1: frozen + lost[:1] + dark + lost[1:],
        2: lost[1:] + frozen + dark + lost[:1],
    }
    return whole[CAMERAS.index(camera) % 3]


def _dark(plant: Plant, camera: str, seconds: float, stage: Stage) -> None:
    zh, en = NAMES[camera]
    twin = plant.cameras[camera]
    stage.tell(f"{zh}画面变黑 {seconds:.1f} 秒", f"{en}: the picture is dark for {seconds:.1f} s")
    with stage.lasting("camera_dark", camera, "camera_dark_s", lambda: twin.show("dark"), lambda: twin.show("normal")):
        stage.rest(seconds)
    stage.rest(NOTICED_S)


def _still(plant: Plant, camera: str, stage: Stage) -> None:
    """Shorter than what is called frozen. A lane that was held up makes a whole episode of it."""
    begin_us = stage.clock.now_us()
    twin = plant.cameras[camera]
    twin.show("frozen")
    try:
        stage.rest(BLINK_S)
        if stage.since_s(begin_us) > SHORT * FROZEN_AFTER_S:
            _freeze_on(stage, camera, begin_us)
        else:
            stage.record.harmless("camera_frozen")
    finally:
        twin.show("normal")
    stage.rest(NOTICED_S)


def _frozen(plant: Plant, camera: str, seconds: float, stage: Stage) -> None:
    zh, en = NAMES[camera]
    twin = plant.cameras[camera]
    stage.tell(f"{zh}画面静止 {seconds:.1f} 秒", f"{en}: the picture stands still for {seconds:.1f} s")
    begin_us = stage.clock.now_us()
    twin.show("frozen")
    try:
        _freeze_on(stage, camera, begin_us, seconds)
    finally:
        twin.show("normal")
    stage.rest(NOTICED_S)


def _freeze_on(stage: Stage, camera: str, begin_us: int, seconds: float = 0.0) -> None:
    """Stay frozen until it is an episode beyond doubt, `seconds` at least; what counts begins when it is noticed."""
    limit_s = stage.limits["camera_frozen_s"]
    stage.rest(max(seconds, FROZEN_AFTER_S + NOTICED_S + 2.0 * limit_s) - stage.since_s(begin_us))
    stage.lasted("camera_frozen", camera, begin_us + int((FROZEN_AFTER_S + NOTICED_S) * 1_000_000), limit_s)


def _flickers(plant: Plant, camera: str, stage: Stage) -> None:
    """The stream breaks and may be had again at once. Where the agent does not come back soon, the camera stays away."""
    zh, en = NAMES[camera]
    twin = plant.cameras[camera]
    limit_s = stage.limits["camera_lost_s"]
    stage.tell(f"{zh}视频流中断，随即恢复", f"{en}: the stream breaks and may be had again at once")
    begin_us = stage.clock.now_us()
    twin.refuse()
    stage.until(lambda: twin.clients == 0, BACK_S)
    twin.accept()
    if not stage.until(lambda: twin.clients > 0, (SHORT - 0.1) * limit_s):
        twin.refuse()
        try:
            stage.rest(1.7 * limit_s - stage.since_s(begin_us))
        finally:
            twin.accept()
    stage.lasted("camera_lost", camera, begin_us, limit_s)
    stage.until(lambda: twin.clients > 0, BACK_S)
    stage.rest(NOTICED_S)


def _lost(plant: Plant, camera: str, seconds: float, stage: Stage) -> None:
    zh, en = NAMES[camera]
    twin = plant.cameras[camera]
    stage.tell(f"{zh}断电 {seconds:.1f} 秒", f"{en}: no power for {seconds:.1f} s")
    with stage.lasting("camera_lost", camera, "camera_lost_s", twin.refuse, twin.accept):
        stage.rest(seconds)
    stage.until(lambda: twin.clients > 0, BACK_S)
    stage.rest(NOTICED_S)
