"""The table of channels: a type of settings, and how the channel is made. A new one starts as a copy of a folder."""

from collections.abc import Callable
from typing import Any, NamedTuple

from contract.clock import Clock
from hub.notify.apprise.settings import AppriseSettings
from hub.notify.delivery import Channel
from hub.notify.mqtt.settings import MqttSettings
from hub.notify.webhook.settings import WebhookSettings
from hub.views import Titles

AnyChannelSettings = MqttSettings | WebhookSettings | AppriseSettings
"""What stands in the hub's settings under `notify`, told apart by `type`."""


class Surroundings(NamedTuple):
    """What channels may use. `allow_private`: the policy's networks that webhooks may reach."""

    site: str
    titles: Titles
    clock: Clock
    allow_private: tuple[str, ...] = ()


def _mqtt(settings: MqttSettings, around: Surroundings) -> Channel:
    from hub.notify.mqtt.channel import MqttChannel

    return MqttChannel(settings, around.site, around.titles, around.clock)


def _webhook(settings: WebhookSettings, around: Surroundings) -> Channel:
    from hub.notify.webhook.channel import WebhookChannel

    return WebhookChannel(settings, around.site, around.titles, around.clock, allow_private=around.allow_private)


def _apprise(settings: AppriseSettings, around: Surroundings) -> Channel:
    from hub.notify.apprise.channel import AppriseChannel

    return AppriseChannel(settings, around.titles)


CHANNELS: dict[type, Callable[[Any, Surroundings], Channel]] = {
    MqttSettings: _mqtt,
    WebhookSettings: _webhook,
    AppriseSettings: _apprise,
}


def reader_name(settings: AnyChannelSettings) -> str:
    """The name of the channel's row in `reader`: `webhook:NAME`."""
    return f"{settings.__struct_config__.tag}:{settings.name}"


def make_channel(settings: AnyChannelSettings, around: Surroundings) -> Channel:
    """The channel. Raises ValueError with a message where a secret's file cannot be read."""
    return CHANNELS[type(settings)](settings, around)
