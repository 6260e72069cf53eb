"""A camera or a face terminal that speaks ISAPI: its records, its alert stream, and its pushes."""

import json
from itertools import count
from typing import Any, Final
from xml.sax.saxutils import escape

from contract.clock import Clock, rfc3339
from drivers.cameras.twin import StreamTwin
from drivers.http.twin import Answer, HttpTwin
from drivers.isapi.driver import TARGET

NAMESPACES: Final = {
    "old": 'version="1.0" xmlns="http://www.hikvision.com/ver10/XMLSchema"',
    "std": 'version="2.0" xmlns="http://www.std-cgi.com/ver20/XMLSchema"',
    "new": 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"',
    "none": "",
}
XML: Final = 'application/xml; charset="UTF-8"'
JSON: Final = "application/json"
BOUNDARY: Final = "MIME_boundary"


class Records:
    """What such a device writes. `off_s`: how far its clock is ahead; it tells its local time, 8 h ahead of UTC."""

    def __init__(self, clock: Clock, *, off_s: float = 0.0, namespace: str = "new") -> None:
        self._clock = clock
        self._off_us = round(off_s * 1_000_000)
        self._namespace = NAMESPACES[namespace]
        self._number = count(1)

    @property
    def now(self) -> str:
        """The device's time."""
        local = rfc3339(self._clock.now_us() + self._off_us + 8 * 3_600_000_000)
        return f"{local[:23]}+08:00"

    def alert(self, kind: str, inner: str = "", *, active: bool = True) -> bytes:
        """An `EventNotificationAlert` in XML."""
        state = "active" if active else "inactive"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\r\n<EventNotificationAlert {self._namespace}>\r\n'
            f"<ipAddress>192.168.1.64</ipAddress>\r\n<channelID>1</channelID>\r\n<dateTime>{self.now}</dateTime>\r\n"
            f"<activePostCount>1</activePostCount>\r\n<eventType>{kind}</eventType>\r\n<eventState>{state}</eventState>\r\n"
            f"{inner}</EventNotificationAlert>\r\n"
        ).encode()

    def plate(self, text: str, *, pictures: int = 0, direction: str = "forward", confidence: int = 97, more: str = "") -> bytes:
        """A vehicle passes."""
        shown = "".join(f"<pictureInfo><dataType>0</dataType><pId>{n}</pId></pictureInfo>" for n in range(pictures))
        return self.alert(
            "ANPR",
            f"<ANPR>\r\n<licensePlate>{escape(text)}</licensePlate>\r\n<line>1</line>\r\n<direction>{direction}</direction>\r\n"
            f"<confidenceLevel>{confidence}</confidenceLevel>\r\n<plateColor>blue</plateColor>\r\n"
            f"<vehicleType>vehicle</vehicleType>\r\n<pictureInfoList>{shown}</pictureInfoList>{more}</ANPR>\r\n"
            f"<UUID>twin-{next(self._number)}</UUID>\r\n",
        )

    def access(self, major: int, minor: int, **more: Any) -> bytes:
        """An event of a terminal, in JSON. `more`: fields of it, such as `employeeNoString`."""
        event = {
            "ipAddress": "192.168.1.65",
            "dateTime": self.now,
            "eventType": "AccessControllerEvent",
            "eventState": "active",
            "AccessControllerEvent": {
                "majorEventType": major, "subEventType": minor, "serialNo": next(self._number), "doorNo": 1, **more,
            },
        }  # fmt: skip
        return json.dumps(event, ensure_ascii=False, indent="\t").encode()


class IsapiStreamTwin(StreamTwin):
    """The device's alert stream."""

    def __init__(self, clock: Clock, *, login: tuple[str, str] | None = None, namespace: str = "new") -> None:
        super().__init__(TARGET, boundary=BOUNDARY, login=login, clock=clock)
        self.records = Records(clock, namespace=namespace)

    def beat(self) -> None:
        """A sign of life, as these devices give it."""
        self.part(self.records.alert("videoloss", active=False), XML)

    def see(self, plate: str, *jpegs: bytes, length: int | None = -1) -> bytes:
        """A vehicle passes; its record."""
        record = self.records.plate(plate, pictures=len(jpegs))
        self.part(record, XML, length=length)
        for number, jpeg in enumerate(jpegs):
            self.part(jpeg, "image/jpeg", name=f"picture_{number}.jpg", length=length)
        return record

    def access(self, major: int, minor: int, **more: Any) -> None:
        """Something happens at the terminal."""
        self.part(self.records.access(major, minor, **more), JSON)


class IsapiPushTwin:
    """The device, pushing. A push that is not answered is sent again."""

    def __init__(self, http: HttpTwin, clock: Clock, *, namespace: str = "new") -> None:
        self.http = http
        self.records = Records(clock, namespace=namespace)

    def see(self, plate: str, *jpegs: bytes) -> Answer:
        """A vehicle passes."""
        record = self.records.plate(plate, pictures=len(jpegs))
        return self.http.push(form(record, *jpegs), f"multipart/form-data; boundary={BOUNDARY}")

    def access(self, major: int, minor: int, **more: Any) -> Answer:
        """Something happens at the terminal."""
        return self.http.push(self.records.access(major, minor, **more), JSON)


def form(record: bytes, *jpegs: bytes, boundary: str = BOUNDARY, name: str = "anpr.xml", kind: str = "text/xml") -> bytes:
    """A record and its pictures as the form that these devices send."""
    parts = [(name, kind, record), *((f"picture_{number}.jpg", "image/jpeg", jpeg) for number, jpeg in enumerate(jpegs))]
    body = b""
    for part_name, part_kind, data in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{part_name}"; filename="{part_name}"\r\n'
        body += f"{head}Content-Type: {part_kind}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()
