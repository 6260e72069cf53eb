"""The other end: a system that publishes what Frigate and Zigbee2MQTT publish."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Literal, Self

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

PUBLISH_TIMEOUT_S = 30.0


class MqttJsonTwin:
    """Publishes at a broker, each call until the broker has it. A context manager, or `close` at the end."""

    def __init__(self, host: str, port: int) -> None:
        """Connect. Raises OSError when nobody listens there."""
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.connect(host, port)
        self._client.loop_start()
        self._tracks = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()

    def see(
        self,
        camera: str,
        label: str = "person",
        *,
        score: float = 0.9,
        zones: Sequence[str] = (),
        kind: Literal["new", "update", "end"] = "new",
        track: str = "",
        at_s: float = 0.0,
        false_positive: bool = False,
    ) -> str:
        """A tracked object of Frigate begins, changes or ends. Returns the track's id, new unless given."""
        self._tracks += not track
        track = track or f"{at_s:.6f}-track{self._tracks}"
        state = {
            "id": track,
            "camera": camera,
            "label": label,
            "score": score,
            "frame_time": at_s,
            "current_zones": list(zones),
            "false_positive": false_positive,
            "end_time": at_s if kind == "end" else None,
        }
        self.publish("frigate/events", {"type": kind, "before": state, "after": state})
        return track

    def zigbee(self, name: str, **state: Any) -> None:
        """A Zigbee device speaks: `contact=False`, `battery=80`, `water_leak=True`…"""
        self.publish(f"zigbee2mqtt/{name}", {"linkquality": 120, **state})

    def available(self, name: str, online: bool) -> None:
        """A Zigbee device is reached, or no longer."""
        self.publish(f"zigbee2mqtt/{name}/availability", {"state": "online" if online else "offline"})

    def publish(self, topic: str, message: object) -> None:
        """Any message: bytes as they are, everything else as JSON. Raises RuntimeError when the broker does not take it."""
        payload = message if isinstance(message, bytes) else msgspec.json.encode(message)
        sent = self._client.publish(topic, payload, qos=1)
        sent.wait_for_publish(PUBLISH_TIMEOUT_S)
        if not sent.is_published():
            raise RuntimeError(f"the broker did not take a message on {topic} within {PUBLISH_TIMEOUT_S:.0f} s")
