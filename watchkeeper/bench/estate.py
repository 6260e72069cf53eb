"""The estate that is measured, as the files that a hub and an agent read."""

import json
from pathlib import Path
from typing import Any

import yaml

from hub.policy.load import RESIDENTIAL
from watchkeeper.bench import mix

SITE = "lakeside"
_NAMES = {"name_zh": "名", "name_en": "name"}


def key_of(agent: str) -> bytes:
    """An agent's key."""
    return agent.encode().ljust(32, b".")


def write_hub(folder: Path, broker_url: str) -> Path:
    """The settings of a hub in `folder`, with its estate beside it. JSON is YAML too."""
    devices: list[dict[str, Any]] = []
    for agent in mix.AGENTS:
        for device, kind, opens in mix.devices(agent):
            row: dict[str, Any] = {"id": device, "kind": kind, "place": agent, "agent": agent, **_NAMES}
            if opens is not None:
                row["opens"] = opens
            if kind == "meter":
                row["options"] = {"temperature_max": 40.0}
            devices.append(row)
    estate = {
        "site": SITE,
        "timezone": "Asia/Shanghai",
        "places": [{"id": agent, **_NAMES} for agent in mix.AGENTS],
        "agents": [{"id": agent, "place": agent, "key": key_of(agent).hex(), **_NAMES} for agent in mix.AGENTS],
        "devices": devices,
        **_NAMES,
    }
    settings = {
        "estate": "estate.yaml",
        "policy": "policy.yaml",
        "data": "data",
        "broker": {"url": broker_url},
        "http": {"port": 0},
    }
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "estate.yaml", estate)
    write_unmerging_policy(folder / "policy.yaml")
    return _write(folder / "hub.yaml", settings)


def write_unmerging_policy(path: Path) -> Path:
    """The policy that ships, but for one number: an arm that is knocked off many times a minute is an incident each time, so that
    causes can be counted. By the shipped number it would soon be one that chatters."""
    policy: dict[str, Any] = yaml.safe_load(RESIDENTIAL.read_text(encoding="utf-8"))
    policy["clauses"]["CMD-2"]["numbers"]["chatter_window_s"] = 0
    return _write(path, policy)


def write_agent(folder: Path, broker_url: str, readers: dict[str, str]) -> Path:
    """The settings of the first agent with Wiegand readers, each at its address."""
    agent = mix.AGENTS[0]
    settings = {
        "site": SITE,
        "agent": agent,
        "key": key_of(agent).hex(),
        "card_key": ("c" * 64),
        "broker": {"url": broker_url},
        "spool": {"path": "agent/spool.db"},
        "devices": [{"id": device, "driver": "wiegand", "address": address} for device, address in readers.items()],
    }
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder / "agent.yaml", settings)


def _write(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    path.chmod(0o600)
    return path
