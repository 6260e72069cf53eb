"""The table of channels: a type of settings, and how the channel is made. A new one starts as a copy of a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from contract.clock import Clock
from hub.notify.apprise.settings import AppriseSettings
from hub.notify.delivery import Channel
from hub.notify.mqtt.channel import MqttChannel, Publisher
from hub.notify.mqtt.settings import MqttSettings
from hub.notify.secrets import read_secret
from hub.notify.webhook.settings import WebhookSettings
from hub.views import Titles

AnyChannelSettings = MqttSettings | WebhookSettings | AppriseSettings
"""What stands in the hub's settings under `notify`, told apart by `type`."""


class Surroundings(NamedTuple):
    """What channels may use. `folder`: where the files of secrets are. `publisher`: the hub's broker. `allow_private`: the
    policy's networks that webhooks may reach."""

    site: str
    titles: Titles
    clock: Clock
    folder: Path
    publisher: Publisher
    allow_private: tuple[str, ...] = ()


def _mqtt(_settings: MqttSettings, around: Surroundings) -> Channel:
    return MqttChannel(around.publisher, around.site, around.titles, around.clock)


def _webhook(settings: WebhookSettings, around: Surroundings) -> Channel:
    from hub.notify.webhook.channel import WebhookChannel

    secret = read_secret(around.folder / settings.secret_file, "secret_file")
    return WebhookChannel(settings, around.site, around.titles, around.clock, secret=secret, allow_private=around.allow_private)


def _apprise(settings: AppriseSettings, around: Surroundings) -> Channel:
    from hub.notify.apprise.channel import AppriseChannel

    url = read_secret(around.folder / settings.url_file, "url_file")
    return AppriseChannel(settings.name, url, around.titles)


CHANNELS: dict[type, Callable[[Any, Surroundings], Channel]] = {
    MqttSettings: _mqtt,
    WebhookSettings: _webhook,
    AppriseSettings: _apprise,
}


def reader_name(settings: AnyChannelSettings) -> str:
    """The name of the channel's row in `reader`: `mqtt`, `webhook:NAME`, `apprise:NAME`."""
    return f"{settings.__struct_config__.tag}:{settings.name}" if settings.name else str(settings.__struct_config__.tag)


def make_channel(settings: AnyChannelSettings, around: Surroundings) -> Channel:
    """The channel. Raises ValueError with a message where a secret's file cannot be read."""
    return CHANNELS[type(settings)](settings, around)
