"""A Dahua camera: its records, its event and snapshot streams, and its pushes."""

import base64
import json
from itertools import count
from typing import Any, Final

from contract.clock import Clock, rfc3339
from drivers.cameras.twin import StreamTwin
from drivers.http.twin import Answer, HttpTwin

TEXT: Final = "text/plain"
BOUNDARY: Final = "myboundary"
AHEAD_S: Final = 8 * 3600


class Records:
    """What such a camera writes. `real`: whether it writes RealUTC; UTC is its local time, 8 h ahead, either way."""

    def __init__(self, clock: Clock, *, real: bool = True) -> None:
        self._clock = clock
        self._real = real
        self._number = count(500)

    def passage(self, plate: str, *, driving: str = "Approach", confidence: int = 240, **more: Any) -> dict[str, Any]:
        """What is told of a vehicle."""
        now_us = self._clock.now_us()
        now_s, rest_us = divmod(now_us, 1_000_000)
        number = next(self._number)
        real = {"RealUTC": now_s} if self._real else {}
        return {
            "EventID": number,
            "GroupID": number,
            "Lane": 1,
            "Object": {"Confidence": confidence, "ObjectID": number, "ObjectType": "Plate", "Text": plate},
            "TrafficCar": {
                "Direction": 0, "DrivingDirection": [driving, "", ""], "Lane": 1, "PlateColor": "Blue", "PlateNumber": plate,
                "PlateType": "Normal", "UTC": now_s + AHEAD_S, "VehicleSign": "Unknown",
            },
            "UTC": now_s + AHEAD_S,
            "UTCMS": rest_us // 1000,
            "Vehicle": {"Category": "SaloonCar", "Text": "Volkswagen"},
            **real,
            **more,
        }  # fmt: skip

    def event(self, code: str, data: dict[str, Any] | None = None, *, action: str = "Pulse", index: int = 0) -> bytes:
        """An event of the event stream."""
        head = f"Code={code};action={action};index={index}"
        return (head if data is None else f"{head};data={json.dumps(data, ensure_ascii=False, indent=3)}").encode() + b"\r\n"

    def fields(self, plate: str, **more: Any) -> bytes:
        """A vehicle passes, as the snapshot stream tells it."""
        told = {"EventBaseInfo": {"Code": "TrafficJunction", "Action": "Pulse", "Index": 0}, **self.passage(plate, **more)}
        return "".join(f"Events[0].{line}\r\n" for line in _lines(told)).encode()

    def pushed(self, plate: str, *jpegs: bytes) -> bytes:
        """A vehicle passes, as ITSAPI tells it."""
        local = rfc3339(self._clock.now_us() + AHEAD_S * 1_000_000)[:23].replace("T", " ")
        pictures = {
            name: {"Content": base64.b64encode(jpeg).decode(), "PicName": f"{number}.jpg"}
            for number, (name, jpeg) in enumerate(zip(("CutoutPic", "NormalPic"), jpegs, strict=False))
        }
        told = {
            "Plate": {"PlateNumber": plate, "PlateColor": "Blue", "Confidence": 240, "IsExist": True},
            "SnapInfo": {"AccurateTime": local, "DeviceID": "twin", "Direction": "Obverse", "LanNo": next(self._number)},
            "Vehicle": {"VehicleType": "SaloonCar", "VehicleSign": "Volkswagen"},
            **pictures,
        }
        return json.dumps({"Picture": told}, ensure_ascii=False).encode()


class DahuaStreamTwin(StreamTwin):
    """The camera's event stream, or with `snaps` its snapshot stream."""

    def __init__(self, clock: Clock, *, snaps: bool = False, login: tuple[str, str] | None = None, real: bool = True) -> None:
        target = "/cgi-bin/snapManager.cgi" if snaps else "/cgi-bin/eventManager.cgi"
        super().__init__(target, boundary=BOUNDARY, kind="multipart/x-mixed-replace", login=login, clock=clock)
        self.records = Records(clock, real=real)

    def beat(self) -> None:
        """A sign of life."""
        self.part(b"Heartbeat\r\n", TEXT)

    def event(self, code: str, data: dict[str, Any] | None = None, *, action: str = "Pulse", index: int = 0) -> None:
        """Something happens."""
        self.part(self.records.event(code, data, action=action, index=index), TEXT)

    def see(self, plate: str, *, length: int | None = -1, **more: Any) -> bytes:
        """A vehicle passes; its record."""
        record = self.records.event("TrafficJunction", self.records.passage(plate, **more))
        self.part(record, TEXT, length=length)
        return record

    def snap(self, plate: str, *jpegs: bytes, **more: Any) -> None:
        """A vehicle passes, with its pictures."""
        self.part(self.records.fields(plate, **more), TEXT)
        for jpeg in jpegs:
            self.part(jpeg, "image/jpeg")


class DahuaPushTwin:
    """The camera, pushing. A push that is not answered is sent again."""

    def __init__(self, http: HttpTwin, clock: Clock) -> None:
        self.http = http
        self.records = Records(clock)

    def see(self, plate: str, *jpegs: bytes) -> Answer:
        """A vehicle passes."""
        return self.http.push(self.records.pushed(plate, *jpegs))

    def beat(self) -> Answer:
        """A sign of life."""
        return self.http.push(b'{"Active": "keepAlive", "DeviceID": "twin"}')


def _lines(tree: Any, path: str = "") -> list[str]:
    """A tree as lines of `name=value`."""
    if isinstance(tree, dict):
        return [line for key, value in tree.items() for line in _lines(value, f"{path}.{key}" if path else key)]
    if isinstance(tree, list):
        return [line for place, value in enumerate(tree) for line in _lines(value, f"{path}[{place}]")]
    return [f"{path}={tree}"]
