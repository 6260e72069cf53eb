"""A camera of 臻识: it pushes what it reads, again when it is not answered, and keeps for later what nobody took."""

import base64
from threading import Event, Thread
from typing import Any

import msgspec

from contract.clock import US_PER_S, Clock
from drivers.http.twin import Answer, HttpTwin
from drivers.port import DeviceLost
from drivers.transports import Line
from drivers.transports.dial import Dialler
from drivers.zhenshi.frames import BEAT, Frame, Frames, frame_bytes

BOUNDARY = "------------------------twin"


class ZhenshiTwin:
    """A camera. `opened`: how often an answer made it open the barrier by its own output, which none of ours does. `waiting`: the
    pushes that nobody has taken. It writes its pushes in `charset`."""

    def __init__(
        self, line: Dialler, clock: Clock, path: str = "/", *, serial: str = "0a1b2c3d-4e5f6071", charset: str = "utf-8"
    ) -> None:
        self.http = HttpTwin(line, path)
        self.opened = 0
        self.waiting: list[dict[str, Any]] = []
        self._clock = clock
        self._serial = serial
        self._charset = charset
        self._number = 0

    def see(self, plate: str, *, confidence: int = 96, colour: int = 1, jpeg: bytes = b"", **more: Any) -> bool:
        """A vehicle passes. Returns whether it was taken. `more`: fields of the result."""
        self._number += 1
        now_us = self._clock.now_us()
        result = {
            "license": plate,
            "confidence": confidence,
            "colorType": colour,
            "direction": 4,
            "triggerType": 8,
            "plateid": self._number,
            "isoffline": 0,
            "timeStamp": {"Timeval": {"sec": now_us // US_PER_S, "usec": now_us % US_PER_S}},
            **({"imageFile": base64.b64encode(jpeg).decode(), "imageFileLen": len(jpeg)} if jpeg else {}),
            **more,
        }
        if self._push(result).status == 200:
            return True
        self.waiting.append({**result, "isoffline": 1})
        return False

    def catch_up(self) -> int:
        """Push what waits, as long as the next one is asked for. Returns how many were taken."""
        taken = 0
        while self.waiting:
            answer = self._push(self.waiting[0])
            asked = _said(answer).get("ContinuePushOffline", {})
            if asked.get("plateid") != self.waiting[0]["plateid"]:
                break
            del self.waiting[0]
            taken += 1
        return taken

    def beat(self) -> bool:
        """A sign of life, with the camera's password in it."""
        fields = {
            "device_name": "IVS",
            "ipaddr": "192.0.2.10",
            "user_name": "admin",
            "pass_wd": "admin",
            "serialno": self._serial,
        }
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
        ]
        body = ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
        return self.http.push(body, f"multipart/form-data; boundary={BOUNDARY}").status == 200

    def turn_input(self, source: int, on: bool) -> bool:
        """One of its inputs changes."""
        trigger = {"result": {"TriggerResult": {"source": source, "value": int(on)}}, "serialno": self._serial}
        return self.http.push(msgspec.json.encode({"AlarmGioIn": trigger})).status == 200

    def _push(self, result: dict[str, Any]) -> Answer:
        alarm = {"channel": 0, "serialno": self._serial, "result": {"PlateResult": result}}
        text = msgspec.json.encode({"AlarmInfoPlate": alarm}).decode()
        answer = self.http.push(text.encode(self._charset))
        said = _said(answer)
        self.opened += said.get("info") == "ok" or "ivs_ioctrl" in said
        return answer


def _said(answer: Answer) -> dict[str, Any]:
    try:
        said: dict[str, Any] = msgspec.json.decode(answer.body, type=dict[str, dict[str, Any]])["Response_AlarmInfoPlate"]
    except (msgspec.MsgspecError, KeyError):
        return {}
    return said


class ZhenshiLineTwin:
    """A camera whose TCP port is dialled, at the far end of `line`. `moves`: what its outputs were told to do, in order. `mute`:
    it does what it is told and answers nothing. `refuses`: the state code of its answers to orders, where it is not 200."""

    def __init__(self, line: Line, clock: Clock, *, serial: str = "0a1b2c3d-4e5f6071", charset: str = "gb18030") -> None:
        self.line = line
        self.moves: list[tuple[int, int]] = []
        self.mute = False
        self.refuses = 200
        self.asked_for_plates = False
        self._clock = clock
        self._serial = serial
        self._charset = charset
        self._number = 0
        self._frames = Frames()
        self._stop = Event()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def see(self, plate: str, *, confidence: int = 96, jpeg: bytes = b"", **more: Any) -> None:
        """A vehicle passes."""
        self._number += 1
        now_us = self._clock.now_us()
        when = {"Timeval": {"sec": now_us // US_PER_S, "usec": now_us % US_PER_S}}
        result = {"license": plate, "confidence": confidence, "colorType": 1, "triggerType": 8, "timeStamp": when, **more}
        told = {"cmd": "ivs_result", "id": self._number, "imageformat": "jpg", "fullImgSize": len(jpeg), "PlateResult": result}
        self.line.write(frame_bytes(msgspec.json.encode(told).decode().encode(self._charset), picture=jpeg))

    def beat(self) -> None:
        """A frame without data."""
        self.line.write(frame_bytes(kind=BEAT))

    def close(self) -> None:
        """Switch it off."""
        self._stop.set()
        self._thread.join()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                data = self.line.read(4096, 0.02)
            except DeviceLost:
                self._stop.wait(0.02)
                continue
            for one in self._frames.hear(data):
                if isinstance(one, Frame) and one.text:
                    self._told(msgspec.json.decode(one.text))

    def _told(self, message: dict[str, Any]) -> None:
        code = 200
        if message["cmd"] == "ioctl":
            code = self.refuses
            if code == 200:
                self.moves.append((message["io"], message["delay"]))
        self.asked_for_plates |= message["cmd"] == "ivsresult" and message["enable"]
        if not (self.mute and message["cmd"] == "ioctl"):
            answer = {"cmd": message["cmd"], "id": message["id"], "state_code": code, "value": self._serial}
            self.line.write(frame_bytes(msgspec.json.encode(answer)))
