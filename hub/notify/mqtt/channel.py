"""Incidents on the hub's MQTT broker, QoS 1, on `watchkeeper/{site}/incidents/{number}`.

The state of a live incident is retained, so that whoever subscribes sees at once what is open. When it ends, the last state is
published unretained and then the retained one is cleared with an empty payload: an empty payload means "no longer open".
A PUBACK counts as delivered. A dead letter sent again is never retained, as it may be old news.
"""

from collections.abc import Callable, Sequence
from threading import Condition
from typing import NamedTuple, Protocol

import msgspec

from contract.clock import US_PER_S, Clock
from contract.envelope import MAX_PAYLOAD_BYTES
from contract.topics import incident_topic
from hub.cases.workflow import LIVE
from hub.notify.delivery import Delivered, Failure, Notice
from hub.views import Titles, change_view

ACK_S = 10.0
WINDOW = 20
"""Notices on their way at a time; a broker's own window is 20 by default."""
LOOK_S = 0.25
"""How often the connection is looked at while a PUBACK is awaited."""


class Publisher(Protocol):
    """The hub's connection to its broker."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool, done: Callable[[], None]) -> None:
        """Publish at QoS 1. `done` is called once the broker has taken it, and never if the connection is lost before.
        Raises RuntimeError when there is no connection."""
        ...


class Outgoing(NamedTuple):
    """One publication."""

    topic: str
    payload: bytes
    retain: bool


class TooLong(ValueError):
    """An incident whose facts do not fit into a message."""


def publications(site: str, notice: Notice, titles: Titles) -> list[Outgoing]:
    """What is published for a change, in order. Raises TooLong."""
    payload = msgspec.json.encode(change_view(site, notice.row, titles))
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise TooLong(f"the message has {len(payload)} bytes and may have {MAX_PAYLOAD_BYTES}")
    topic = incident_topic(site, notice.case.case_no)
    if notice.again:
        return [Outgoing(topic, payload, retain=False)]
    if notice.case.state in LIVE:
        return [Outgoing(topic, payload, retain=True)]
    return [Outgoing(topic, payload, retain=False), Outgoing(topic, b"", retain=True)]


class _Acks:
    """Counts the PUBACKs of one window. One that comes when nobody waits any more changes nothing."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._missing: list[int] = []

    def expect(self, publications_count: int) -> Callable[[], None]:
        """Begin a notice; call what is returned once for each of its PUBACKs."""
        with self._changed:
            index = len(self._missing)
            self._missing.append(publications_count)

        def acked() -> None:
            with self._changed:
                self._missing[index] -= 1
                self._changed.notify_all()

        return acked

    def wait(self, notices: int, clock: Clock, connected: Callable[[], bool]) -> int:
        """How many of the first `notices` are acknowledged: as soon as all are, the connection is lost, or time is up."""
        until_us = clock.mono_us() + int(ACK_S * US_PER_S)
        with self._changed:
            while any(self._missing[:notices]) and connected():
                left_s = (until_us - clock.mono_us()) / US_PER_S
                if left_s <= 0:
                    break
                self._changed.wait(min(left_s, LOOK_S))
            return next((index for index in range(notices) if self._missing[index]), notices)


class MqttChannel:
    """Publishes by the hub's own connection."""

    longest_wait_s = 5.0
    """The connection comes back by itself, and incidents wait for nothing else."""

    def __init__(self, publisher: Publisher, site: str, titles: Titles, clock: Clock) -> None:
        self._publisher, self._site, self._titles, self._clock = publisher, site, titles, clock

    def deliver(self, notices: Sequence[Notice]) -> Delivered:
        """Publish, WINDOW notices at a time, and wait for every PUBACK: 10 s a window at most."""
        done = 0
        while done < len(notices):
            window = self._deliver_window(notices[done : done + WINDOW])
            done += window.done
            if window.failure is not None:
                return Delivered(done, window.failure)
        return Delivered(done)

    def close(self) -> None:
        """The connection is the hub's, and stays."""

    def _deliver_window(self, notices: Sequence[Notice]) -> Delivered:
        acks = _Acks()
        sent, failure = 0, None
        for notice in notices:
            failure = self._publish(notice, acks)
            if failure is not None:
                break
            sent += 1
        acked = acks.wait(sent, self._clock, lambda: self._publisher.connected)
        if acked < sent:
            return Delivered(acked, Failure("transient", "the broker did not acknowledge"))
        return Delivered(acked, failure)

    def _publish(self, notice: Notice, acks: _Acks) -> Failure | None:
        try:
            outgoing = publications(self._site, notice, self._titles)
        except TooLong as error:
            return Failure("permanent", str(error))
        acked = acks.expect(len(outgoing))
        try:
            for one in outgoing:
                self._publisher.publish(one.topic, one.payload, retain=one.retain, done=acked)
        except (RuntimeError, OSError) as error:
            return Failure("transient", f"the broker is away: {error}")
        return None
