"""Somebody rewrites the hub's audit log: agents are told of heads that do not fit those which they keep. docs/design/audit.md.

The orders are genuine to an agent: sealed under its key, which the demo knows as it let the agent enrol on this machine.
"""

from collections.abc import Callable
from math import ceil
from pathlib import Path
from secrets import token_hex

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from contract.envelope import encode, seal
from contract.orders import KeepHead, decode_order
from contract.topics import agent_topic
from edge.heads import kept_heads
from watchkeeper.demo.estate import HUB_USER, NAMES, SITE
from watchkeeper.demo.life import Stage

CONFLICT = "audit_head_conflict"
TRIES_MAX = 12
TRY_S = 5.0
"""An agent whose cable is cut hears nothing: it is told again."""
AWAY_LIMITS = 3
"""So many times the limit of its silence it is never cut off: minutes, where times are hardly shortened."""
_CONNECT_S = 5.0


class Forger:
    """Sends orders to agents in the hub's name. A context manager."""

    def __init__(self, port: int, password: str) -> None:
        self._port = port
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="demo-forger", clean_session=True)
        self._client.username_pw_set(HUB_USER, password)

    def send(self, agent: str, key: bytes, head: KeepHead) -> None:
        """Tell the agent of a head, as an order that it has never had."""
        topic = agent_topic(SITE, agent, "order")
        order = msgspec.structs.replace(head, id=token_hex(8))
        self._client.publish(topic, seal(key, topic, encode(order)), qos=1).wait_for_publish(_CONNECT_S)

    def __enter__(self) -> "Forger":
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class ToldAgent:
    """An agent of this machine that keeps heads, as one sees it from outside: its folder and what it says in its log."""

    def __init__(self, agent: str, folder: Path, log: Path, forger: Forger) -> None:
        self.agent = agent
        self._folder, self._log, self._forger = folder, log, forger
        self._key = bytes.fromhex((folder / "agent.key").read_text(encoding="ascii"))

    def kept(self) -> list[KeepHead]:
        """The heads that it keeps, oldest first."""
        orders = [decode_order(line) for line in kept_heads(self._folder)]
        return [one for one in orders if isinstance(one, KeepHead)]

    def known(self) -> set[tuple[int, int, str]]:
        """Epoch, number and hash of each head that it keeps."""
        return {(one.epoch, one.no, one.hash) for one in self.kept()}

    def listening(self) -> Callable[[], bool]:
        """Whether it says from now on, in its log, that a head does not fit."""
        from_byte = self._log.stat().st_size
        return lambda: CONFLICT.encode() in _since(self._log, from_byte)

    def told(self, stage: Stage, head: KeepHead, heard: Callable[[], bool]) -> None:
        """Tell it of the head until it is `heard`. Raises RuntimeError when it never is."""
        away = ceil(AWAY_LIMITS * stage.limits["agent_silent_s"] / TRY_S)
        for _ in range(TRIES_MAX + away):
            self._forger.send(self.agent, self._key, head)
            if stage.until(heard, TRY_S):
                return
        raise RuntimeError(f"{self.agent} was told of a head of the audit log and shows no sign of it: read its log")


def head_told(agent: ToldAgent, newest: Callable[[], KeepHead | None], stage: Stage) -> None:
    """The newest genuine head is told, perhaps as a higher one than all before, and once again: both fit."""
    head = newest()
    if head is None:
        return
    says = agent.listening()
    agent.told(stage, head, lambda: says() or (head.epoch, head.no, head.hash) in agent.known())
    if says():  # the hub itself has told a newer one in just this moment
        stage.happened(CONFLICT, f"{agent.agent}/older", "quiet_s")
        return
    stage.record.harmless(CONFLICT)
    agent.told(stage, head, lambda: True)
    stage.record.harmless(CONFLICT)


def log_forked(agent: ToldAgent, stage: Stage) -> None:
    """A head has the number of one that is kept, and another hash: the log was rewritten."""
    kept = agent.kept()
    if kept and stage.is_fresh(CONFLICT, f"{agent.agent}/differs", "quiet_s"):
        zh, en = NAMES[agent.agent]
        stage.tell(f"审计日志被改写，{zh}察觉", f"the audit log is rewritten, and {en} notices")
        agent.told(stage, _rewritten(kept[-1], kept[-1].no), agent.listening())
        stage.happened(CONFLICT, f"{agent.agent}/differs", "quiet_s")


def log_put_back(agent: ToldAgent, stage: Stage) -> None:
    """A head has a lower number than the newest which is kept, and was never told: the log was put back to a copy."""
    kept = agent.kept()
    unknown = _unknown_no(kept)
    if unknown is not None and stage.is_fresh(CONFLICT, f"{agent.agent}/older", "quiet_s"):
        zh, en = NAMES[agent.agent]
        stage.tell(f"审计日志被回退，{zh}察觉", f"the audit log is put back, and {en} notices")
        agent.told(stage, _rewritten(kept[-1], unknown), agent.listening())
        stage.happened(CONFLICT, f"{agent.agent}/older", "quiet_s")


def _rewritten(head: KeepHead, no: int) -> KeepHead:
    other = "".join("0" if digit == "f" else "f" for digit in head.hash)
    return msgspec.structs.replace(head, no=no, hash=other)


def _unknown_no(kept: list[KeepHead]) -> int | None:
    """The highest number below the newest head's that no head of its epoch has."""
    if not kept:
        return None
    known = {one.no for one in kept if one.epoch == kept[-1].epoch}
    return next((no for no in range(kept[-1].no - 1, 0, -1) if no not in known), None)


def _since(log: Path, from_byte: int) -> bytes:
    with log.open("rb") as file:
        file.seek(from_byte)
        return file.read()
