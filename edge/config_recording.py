"""What must hold between an agent's cameras and its recorder, and what is made of both."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.clock import US_PER_S
from contract.settings import Document
from edge.config_types import AgentSettings, DeviceSettings
from edge.recorder.settings import AdoptPart, Recorded, RecorderConfig, RecorderPart, streams_of


def cameras_agree(document: Document) -> None:
    """A camera is recorded by an address that is known, and by a recorder that has a folder."""
    recorder = document.built.get(("recorder",))
    for path, _ in document.find("devices.*"):
        device = document.built.get(path)
        if not isinstance(device, DeviceSettings) or device.record is None:
            continue
        if not any(True for _ in document.find("recorder")):
            document.wrong((*path, "record"), "has no recorder to go to", "write recorder with the folder for its footage")
        try:
            streams_of(device.id, device.record, device.address)
        except ValueError as error:
            what, _, instead = str(error).partition(": ")
            document.wrong((*path, "record"), what, instead)
    if isinstance(recorder, RecorderPart):
        known = [value for _, value in document.find("devices.*.id")]
        for index, part in enumerate(recorder.adopt):
            _check_adopted(document, index, part, known)


def _check_adopted(document: Document, index: int, part: AdoptPart, known: list[object]) -> None:
    path = ("recorder", "adopt", index)
    try:
        ZoneInfo(part.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        document.wrong((*path, "zone"), f"{part.zone!r} is no time zone", "write one such as Asia/Shanghai")
    for name, device in part.cameras.items():
        if device not in known:
            document.wrong(
                (*path, "cameras"), f"{name or 'the folder'} is {device}, which is no device here", "write one of devices.*.id"
            )


def recorder_config(settings: AgentSettings, here: Path) -> RecorderConfig | None:
    """What the recorder is made of; None where the settings have none."""
    part = settings.recorder
    if part is None:
        return None
    streams: list[Recorded] = []
    for device in settings.devices:
        if device.record is not None:
            streams += streams_of(device.id, device.record, device.address)
    return RecorderConfig(
        here / part.folder, part.reserve_bytes, int(part.segment_s * US_PER_S), tuple(streams), part.adopt, here
    )
