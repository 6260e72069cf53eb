"""An agent's configuration: its settings file checked whole before anything starts, drivers' options and addresses too."""

from pathlib import Path
from typing import Any

from contract.settings import BadSettings, Document, check
from drivers.table import driver_kind
from edge.broker_address import BrokerSettings
from edge.config_recording import cameras_agree, recorder_config
from edge.config_rules import RULES, Files, drivers_agree, options_of
from edge.config_types import DAY_US, AccessRule, AgentSettings, Config, DeviceSettings, Kinds, fire_inputs, spoken_for

__all__ = ["AccessRule", "Config", "DeviceSettings", "Kinds", "fire_inputs", "load_config", "spoken_for"]


def load_config(path: Path, kinds: Kinds = driver_kind) -> Config:
    """The agent's configuration in the file at `path`; relative paths in it count from its folder. Raises BadSettings with
    every mistake."""
    loaded: dict[str, Any] = {}

    def files(document: Document) -> None:
        loaded.update(Files(document, path).read())

    checked = check(path, AgentSettings, (*RULES, drivers_agree(kinds), cameras_agree, files), {"drivers": options_of(kinds)})
    settings = checked.value
    if settings is None:
        raise BadSettings(checked.messages)
    here = path.parent
    return Config(
        site=settings.site,
        agent=settings.agent,
        key=loaded["key"],
        card_key=loaded["card_key"],
        broker=BrokerSettings(
            settings.broker.url, settings.broker.user, loaded["password"],
            here / settings.broker.ca_file if settings.broker.ca_file else None,
            loaded["identity"],
        ),
        spool_path=here / settings.spool.path,
        spool_bytes_max=settings.spool.bytes_max,
        spool_age_us_max=int(settings.spool.age_days_max * DAY_US),
        pictures_bytes_max=settings.spool.pictures_bytes_max,
        hub_url=settings.hub_url.rstrip("/") if settings.hub_url else None,
        devices=settings.devices,
        access={
            rule.reader: AccessRule(
                rule.opens.device, rule.opens.action, loaded["permits"][index],
                {} if rule.unlock_s is None else {"unlock_s": f"{rule.unlock_s:g}"},
                here / rule.permits_file if rule.permits_file else None,
            )
            for index, rule in enumerate(settings.access)
        },
        hub_ca_file=here / settings.hub_ca_file if settings.hub_ca_file else None,
        recorder=recorder_config(settings, here),
    )  # fmt: skip
