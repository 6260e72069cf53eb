"""Settings of the MQTT channel."""

import msgspec

from hub.notify.delivery import Filter


class MqttSettings(msgspec.Struct, frozen=True, tag_field="type", tag="mqtt"):
    """What is published on the hub's own broker: everything, where nothing else is said. There is one such channel."""

    name: str = ""
    only: Filter = Filter()
