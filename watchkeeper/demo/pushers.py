"""What pushes to the gate's agent over HTTP: the camera that reads plates, and the reader that visitors' codes are shown to."""

from threading import Lock
from typing import Any, ClassVar

import cv2
import numpy as np

from contract.clock import Clock
from drivers.http_push.twin import HttpPushTwin
from drivers.transports.dial import Dialler
from drivers.zhenshi.twin import ZhenshiTwin

_PATH = "/east-gate/entry"
WIDTH, HEIGHT = 640, 360
_ROAD, _BODY, _GLASS, _BLUE, _WHITE = (96, 96, 96), (70, 60, 50), (40, 40, 40), (160, 60, 10), (245, 245, 245)


class PlateCamera:
    """The entry lane's camera: it dials its agent, pushes plates with pictures, and shows that it is there. For any thread."""

    SETTINGS: ClassVar[dict[str, Any]] = {"path": _PATH, "direction": "in", "lane": "入口"}

    def __init__(self, line: Dialler, clock: Clock) -> None:
        self._twin = ZhenshiTwin(line, clock, _PATH)
        self._lock = Lock()

    def see(self, plate: str, *, confidence: int = 96) -> bool:
        """A vehicle, or what looks like one, drives up. Whether the agent has taken it."""
        picture = picture_of(plate)
        with self._lock:
            return self._twin.see(plate, confidence=confidence, jpeg=picture)

    def beat(self) -> None:
        """A sign of life."""
        with self._lock:
            self._twin.beat()


class CodeReader:
    """A reader of QR codes. Any thread may call."""

    SETTINGS: ClassVar[dict[str, Any]] = {
        "mapping": [
            {"when": {"type": "scan"}, "reading": "code_read", "fields": {"medium": "qr", "value": {"path": "code"}}},
            {"when": {"type": "beat"}},
        ]
    }

    def __init__(self, line: Dialler) -> None:
        self._twin = HttpPushTwin(line)
        self._lock = Lock()

    def show(self, code: str) -> bool:
        """Hold a code to it. Whether the agent has taken it."""
        with self._lock:
            return self._twin.json({"type": "scan", "code": code})

    def beat(self) -> None:
        """A sign of life."""
        with self._lock:
            self._twin.json({"type": "beat"})


def picture_of(plate: str) -> bytes:
    """A car from the front as a JPEG. Its plate bears what the drawing's font can write: the province is a bare field."""
    frame = np.full((HEIGHT, WIDTH, 3), _ROAD, np.uint8)
    cv2.rectangle(frame, (150, 60), (490, 330), _BODY, -1)
    cv2.rectangle(frame, (190, 80), (450, 170), _GLASS, -1)
    cv2.rectangle(frame, (225, 250), (415, 305), _BLUE, -1)
    cv2.rectangle(frame, (233, 258), (258, 297), _WHITE, 2)
    letters = plate.encode("ascii", "ignore").decode()
    cv2.putText(frame, letters, (264, 289), cv2.FONT_HERSHEY_SIMPLEX, 0.95, _WHITE, 2)
    taken, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 80])
    if not taken:
        raise RuntimeError("a picture could not be drawn")
    return bytes(jpeg)


def code_in(png: bytes) -> str:
    """The text of the QR code in a picture, as a reader makes it out. Raises ValueError where there is none."""
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    text = "" if image is None else str(cv2.QRCodeDetector().detectAndDecode(image)[0])
    if not text:
        raise ValueError("no code can be made out")
    return text
