"""The agent: the composition root of a gatehouse. Everything it touches is handed in, so that a whole one runs in a test."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from random import Random
from threading import Event, Lock
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
import structlog

from contract.clock import US_PER_S, Clock
from contract.orders import AnyOrder, SendFootage
from contract.readings import AgentStarted, AuditHeadConflict, CommandDone, DeviceLink, Heartbeat, Reading
from drivers.port import Expecting
from edge.actuator import Actuator, Job
from edge.config import AccessRule, Config, DeviceSettings, Kinds, fire_inputs, spoken_for
from edge.footage.sending import FootageSender
from edge.gate_journal import GateJournal
from edge.gates import ANSWER_ACTION, Gate, Gates
from edge.gates import Parts as GateParts
from edge.heads import Heads
from edge.interlocks import Observed
from edge.live import LivePictures, LiveUploader
from edge.loop import Loop
from edge.orders import Hand, Orders, Tables
from edge.permit_files import PermitBook
from edge.permits.book import HubTable
from edge.permits.fetching import Get, http_get
from edge.pictures import Destination, Patience, Pictures, Post, Uploader
from edge.reach import asker, objection, who_acts
from edge.recorder.making import make_recorder
from edge.sink import DriverSink, Surroundings
from edge.sources import Journal, Said, Source, Sources
from edge.spool import Spool, SpoolFailed, SpoolFull
from edge.supervisor import BACKOFF, BackOff, Supervisor
from edge.whereabouts_file import WhereaboutsFile

HEARTBEAT_US = 10 * US_PER_S
NOISE_US = 1 * US_PER_S
PERMITS_US = 10 * US_PER_S
"""How often the files of permits are looked at."""
TURN_S = 0.2
STOP_US = 2 * US_PER_S
"""How long drivers have, all together, to return when the agent stops."""
RECORDER_STOP_S = 8.0
"""How long the recorder has to close and sync what it writes."""
GOODBYE_S = 3.0
"""How long the line has to send what is left."""
PICTURE_PAUSE_S = (1.0, 60.0)


class Line(Protocol):
    """The way to the hub: edge.link.Link."""

    def start(self) -> None:
        """Begin to connect, in threads of its own."""
        ...

    def send(self, leaf: Literal["nonce"], body: bytes) -> None:
        """Seal and send one small message, or drop it when there is no connection."""
        ...

    def close(self, timeout_s: float) -> bool:
        """Send what is left within the time, say goodbye, end the threads. Whether they have ended."""
        ...


class LineCalls(NamedTuple):
    """What a line calls: with each payload of the order topic, with the reason when it has ended by itself, and with the
    monotonic time and the hub's clock at that time whenever a receipt has told it."""

    on_order: Callable[[bytes], None]
    on_failed: Callable[[str], None]
    on_clock: Callable[[int, int], None]


MakeLine = Callable[[Config, Spool, LineCalls], Line]


class Ports(NamedTuple):
    """What an agent is given besides its configuration. `token()` makes random names of 32 hex digits."""

    clock: Clock
    random: Random
    token: Callable[[], str]
    kinds: Kinds
    line: MakeLine
    post: Post
    version: str
    get: Get = http_get
    backoff: BackOff = BACKOFF


class Agent:
    """One agent on one open spool, which it closes at the end. `start`, then `run_until`, then `stop`."""

    def __init__(self, config: Config, spool: Spool, ports: Ports) -> None:
        self._config = config
        self._spool = spool
        self._ports = ports
        self._log = structlog.get_logger("edge.agent").bind(site=config.site, agent=config.agent)
        self._failed: SpoolFailed | None = None
        self._beat_lock = Lock()
        self._next_beat_us = 0
        self._next_noise_us = 0
        self._next_permits_us = 0
        self.abandoned = 0
        self._journal = Journal(spool, self._fail)
        self._own = Source([config.agent], self._journal, ports.clock)
        self._observed = Observed(fire_inputs(config.devices))
        self._pictures = Pictures(config.spool_path.parent / "pictures", config.pictures_bytes_max, ports.token)
        self._live = LivePictures(ports.clock)
        by_device = {one.id: self._source(one) for one in config.devices}
        self.sources = Sources([self._own, *by_device.values()])
        self._supervisors: dict[str, Supervisor] = {}
        self._actuators: dict[str, Actuator] = {}
        self._permits = PermitBook(config.access)
        self._hub_table = self._make_table()
        self._gate_journal = GateJournal(config.spool_path.parent)
        self._gates = self._make_gates()
        self._heads = Heads(config.spool_path.parent)
        self._hands = who_acts(config.devices, ports.kinds)
        for device in config.devices:
            self._compose(device, by_device[device.id])
        self._gates.guard({reader: self._gate(reader, rule) for reader, rule in config.access.items()})
        self.recorder = make_recorder(config, self._say_footage, ports.clock, ports.random, ports.backoff)
        self._footage = self._make_sender()
        self._orders = self._take_orders()
        self._line = ports.line(config, spool, LineCalls(self._on_order, self._line_failed, self._hear_time))
        self._uploaders = self._make_uploaders()

    # Composition

    def _source(self, device: DeviceSettings) -> Source:
        kind = self._ports.kinds(device.driver)
        return Source(
            [device.id, *spoken_for(device)],
            self._journal,
            self._ports.clock,
            secret_bytes=kind.secret_bytes,
            remembering=kind.remembers(device.options),
        )

    def _compose(self, device: DeviceSettings, source: Source) -> None:
        kind = self._ports.kinds(device.driver)
        supervisor = Supervisor(
            device.id,
            build=partial(kind.make, device.address, device.options),
            sink=lambda up: DriverSink(device.id, source, self._surroundings(), up),
            tell=partial(self._say_link, source, (device.id, *spoken_for(device))),
            clock=self._ports.clock,
            random=self._ports.random,
            backoff=self._ports.backoff,
        )
        self._supervisors[device.id] = supervisor
        if kind.actions:
            self._actuators[device.id] = Actuator(
                device.id,
                driver=supervisor.driver,
                judge=lambda action: self._observed.judge(device.id, action, device.sensors, self._ports.clock.mono_us()),
                clock=self._ports.clock,
            )

    def _surroundings(self) -> Surroundings:
        clock, card_key = self._ports.clock, self._config.card_key
        return Surroundings(clock, card_key, self._observed, self._gates, self._pictures, self._spool.receipt_of, self._live)

    def _make_table(self) -> HubTable:
        config, ports = self._config, self._ports
        return HubTable(config.spool_path.parent, self._destination(), ports.get, ports.random, ports.clock)

    def _make_gates(self) -> Gates:
        config = self._config
        return Gates(
            GateParts(
                clock=self._ports.clock,
                card_key=config.card_key,
                hub=self._hub_table,
                journal=self._gate_journal,
                whereabouts=WhereaboutsFile(config.spool_path.parent),
                log=self._spool,
            )
        )

    def _gate(self, reader: str, rule: AccessRule) -> Gate:
        table = None if rule.permits is None else partial(self._permits.table, reader)
        expect = partial(self._expect, self._hands[rule.device].device.id)
        return Gate(rule, self._asker(rule.device), self.sources.of(rule.device), expect, table, self._answerer(reader))

    def _answerer(self, reader: str) -> Callable[[Job], bool] | None:
        """How to ask a reader that it shows what was decided; None where it cannot."""
        device = next(one for one in self._config.devices if one.id == reader)
        able = not objection(self._ports.kinds(device.driver), device, ANSWER_ACTION, reader)
        return self._asker(reader) if able else None

    def _expect(self, device: str) -> None:
        driver: object = self._supervisors[device].driver()
        if isinstance(driver, Expecting):
            driver.expect()

    def _destination(self) -> Destination | None:
        config = self._config
        return None if config.hub_url is None else Destination(config.hub_url, config.site, config.agent, config.key)

    def _asker(self, name: str) -> Callable[[Job], bool]:
        device = self._hands[name].device
        return asker(name, device, self._actuators[device.id].ask)

    def _make_sender(self) -> FootageSender | None:
        """Who sends what is recorded here; None where nothing is, or there is no hub to send it to."""
        to = self._destination()
        if self.recorder is None or to is None:
            return None
        return FootageSender(self.recorder.index, to, self._ports.post, self._ports.clock)

    def _take_orders(self) -> Orders:
        hands = {
            name: Hand(hands.commands, self._asker(name), partial(self._say, self.sources.of(name), name))
            for name, hands in self._hands.items()
        }
        return Orders(
            site=self._config.site,
            agent=self._config.agent,
            key=self._config.key,
            hands=hands,
            flush=self.beat,
            send_nonce=lambda body: self._line.send("nonce", body),
            tell=self._say_own,
            live=self._live,
            clock=self._ports.clock,
            token=self._ports.token,
            tables=Tables(self._hub_table.told, self._hub_table.changed, self._gates.heard),
            keep=self._heads.keep,
            footage=self._footage_carriers(),
        )

    def _footage_carriers(self) -> dict[type[AnyOrder], Callable[[Any], None]]:
        """Who carries out which order about footage; nobody where nothing is recorded."""
        on_disk = {} if self.recorder is None else self.recorder.carriers()
        return on_disk if self._footage is None else on_disk | {SendFootage: self._footage.take}

    def _make_uploaders(self) -> Sequence[Loop]:
        to = self._destination()
        if to is None:
            return (self._hub_table.fetcher,)
        patience = Patience(*PICTURE_PAUSE_S, self._config.spool_age_us_max)
        clock = self._ports.clock
        post = self._ports.post
        return (
            Uploader(self._pictures, to, post, self._ports.random, patience=patience, now_us=clock.now_us),
            LiveUploader(self._live, to, post, clock),
            *(() if self._footage is None else self._footage.loops()),
            self._hub_table.fetcher,
        )

    # Life

    def start(self) -> None:
        """Tell the log that this boot began, then start everything. Raises SpoolFailed, SpoolFull, OSError."""
        self._pictures.open()
        self._gate_journal.open(self._spool, self._gates.replayed)
        self._say_own(AgentStarted(version=self._ports.version, unclean=self._spool.unclean))
        if self._spool.damaged is not None:
            self._log.error("spool_damaged", set_aside=str(self._spool.damaged))
        for actuator in self._actuators.values():
            actuator.start()
        for supervisor in self._supervisors.values():
            supervisor.start()
        if self.recorder is not None:
            self.recorder.start()
        self._line.start()
        for uploader in self._uploaders:
            uploader.start()
        if self._hub_table.table is None and any(rule.permits is None for rule in self._config.access.values()):
            self._hub_table.fetcher.ask()
        self._log.info("agent_started", devices=len(self._supervisors), unclean=self._spool.unclean, epoch=self._spool.epoch)

    def run_until(self, stop: Event, reread: Event | None = None) -> int:
        """Work until `stop` is set (0) or the log fails (1). Each time `reread` is set, the files of permits are read again."""
        while self._failed is None:
            self.turn()
            if reread is not None and reread.is_set():
                reread.clear()
                self._permits.look(asked=True)
            if stop.wait(TURN_S):
                break
        return 0 if self._failed is None else 1

    def turn(self) -> None:
        """Whatever is due now: the heartbeat, the counts of noise, actions to give up, files of permits that have changed."""
        mono_us = self._ports.clock.mono_us()
        for actuator in self._actuators.values():
            actuator.check(mono_us)
        with suppress(SpoolFailed):  # told to _fail; run_until ends
            if mono_us >= self._next_noise_us:
                self._next_noise_us = mono_us + NOISE_US
                for source in self.sources.all():
                    source.tell_noise()
            if mono_us >= self._next_beat_us:
                self._next_beat_us = mono_us + HEARTBEAT_US
                self.beat()
        if mono_us >= self._next_permits_us:
            self._next_permits_us = mono_us + PERMITS_US
            self._permits.look()
        self._gates.turn()

    def beat(self, flush: str = "") -> None:
        """Append a heartbeat now. `flush`: the order that asked. Raises SpoolFailed; a full disk skips this one."""
        with self._beat_lock:
            self._own.alive()
            beat = Heartbeat(
                sources=self.sources.watermarks(),
                spool_bytes=self._spool.size_bytes,
                spool_rows=self._spool.rows,
                dropped_rows=self._spool.dropped,
                flush=flush,
                permits=self._hub_table.held(),
            )
            try:
                self._say_own(beat)
            except SpoolFull as error:
                self._log.error("heartbeat_unrecorded", error=str(error))

    def stop(self) -> None:
        """End everything that `start` began: drivers first, then the line, the log last. A driver that does not return is left
        to itself, silenced and counted."""
        for supervisor in self._supervisors.values():
            supervisor.stop()
        for actuator in self._actuators.values():
            actuator.stop()
        if self.recorder is not None:
            self.recorder.stop()
        for uploader in self._uploaders:
            uploader.stop()
        self._join()
        self._gates.close()
        if self._failed is None:
            with suppress(SpoolFailed, SpoolFull):
                for source in self.sources.all():
                    source.tell_noise(all_of_it=True)
                self.beat()
        if not self._line.close(GOODBYE_S if self._failed is None else 0.0):
            self._log.error("line_abandoned")
        if self._failed is None:
            with suppress(SpoolFailed):
                self._spool.close()
        else:
            self._spool.abandon()
        self._log.info("agent_stopped", failed=self._failed is not None, abandoned=self.abandoned)

    def _join(self) -> None:
        until_us = self._ports.clock.mono_us() + STOP_US
        for device, supervisor in self._supervisors.items():
            if not supervisor.join(self._left_s(until_us)):
                self.abandoned += 1
                supervisor.abandon()
                self._log.error("driver_abandoned", device=device)
        for device, actuator in self._actuators.items():
            if not actuator.join(self._left_s(until_us)):
                self._log.error("actuator_abandoned", device=device)
        for uploader in self._uploaders:  # before the recorder, which closes the index that they look into
            if not uploader.join(self._left_s(until_us)):
                self._log.warning("upload_abandoned")
        if self.recorder is not None and not self.recorder.join(RECORDER_STOP_S):
            self._log.error("recorder_abandoned")

    def _left_s(self, until_us: int) -> float:
        return max(0.05, (until_us - self._ports.clock.mono_us()) / US_PER_S)

    # What others call

    def _on_order(self, payload: bytes) -> None:
        try:
            self._orders.take(payload)
        except SpoolFull as error:
            self._log.error("order_unrecorded", error=str(error))
        except SpoolFailed:
            return  # told to _fail; run_until ends

    def _fail(self, error: SpoolFailed) -> None:
        if self._failed is None:
            self._failed = error
            self._log.critical("log_failed", error=str(error))

    def _line_failed(self, reason: str) -> None:
        self._fail(SpoolFailed(f"the line to the hub has ended: {reason}"))

    @property
    def failed(self) -> SpoolFailed | None:
        """Why the log cannot be used any more, or None."""
        return self._failed

    def permits_no(self) -> int | None:
        """The number of the hub's table that is in force."""
        held = self._hub_table.held()
        return None if held is None else held.no

    def counters(self) -> Mapping[str, Any]:
        """What is counted, as plain data."""
        return {
            "abandoned": self.abandoned,
            "orders": msgspec.to_builtins(self._orders.counters),
            "gates": msgspec.to_builtins(self._gates.counters) | {"journal": msgspec.to_builtins(self._gate_journal.counters)},
            "permits": self._hub_table.counts(),
            "heads": msgspec.to_builtins(self._heads.counters),
            "pictures": msgspec.to_builtins(self._pictures.counters),
            "live": msgspec.to_builtins(self._live.counters),
            "footage": None if self._footage is None else msgspec.to_builtins(self._footage.counters),
            "devices": {
                name: msgspec.to_builtins(one.counters) | {"findings": self.sources.of(name).findings}
                for name, one in self._supervisors.items()
            },
            "recorder": None if self.recorder is None else self.recorder.counts(),
            "actuators": {name: msgspec.to_builtins(one.counters) for name, one in self._actuators.items()},
        }

    @staticmethod
    def _say(source: Source, device: str, reading: Reading) -> None:
        source.append([Said(device, reading)], from_device=False)

    def _hear_time(self, mono_us: int, hub_us: int) -> None:
        self._gates.time.heard(mono_us, hub_us)
        if self.recorder is not None:
            self.recorder.sweep_clock.heard(mono_us, hub_us)

    def _say_footage(self, device: str, readings: Sequence[Reading]) -> None:
        """What the recorder says of a camera moves no watermark: its driver may have more to tell. Of a camera that is no longer
        among the devices the agent speaks itself."""
        known = device in self.sources.devices
        source = self.sources.of(device) if known else self._own
        source.append([Said(device, reading) for reading in readings], from_device=False)

    @staticmethod
    def _say_link(source: Source, devices: Sequence[str], up: bool, reason: str) -> None:
        """A board's link is the link of every device it speaks for: what they did while it was away, nobody has seen."""
        board = devices[0]
        links = [Said(device, DeviceLink(up=up, reason=reason, by="" if device == board else board)) for device in devices]
        source.append(links, from_device=False)

    def _say_own(self, reading: Heartbeat | AgentStarted | CommandDone | AuditHeadConflict) -> None:
        self._own.append([Said(self._config.agent, reading)])
