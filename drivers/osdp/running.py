"""The reader's own thread, over one opening of the port."""

from threading import Event
from typing import Final

from contract.clock import US_PER_MS, US_PER_S, Clock
from contract.readings import CardRead, CodeRead, ReaderChannel, ReaderState
from drivers.osdp.asking import Asking, NoAnswer
from drivers.osdp.codes import ACK, ISTAT, KEY_OWN, LSTAT, NAK, POLL
from drivers.osdp.content import Content, Said
from drivers.osdp.desk import Desk, Job
from drivers.osdp.joining import Random, give_key, has_default_key, identify, open_channel
from drivers.osdp.line import Line
from drivers.osdp.options import OsdpOptions
from drivers.osdp.orders import Command, output_off
from drivers.osdp.session import Reply, Session
from drivers.port import DeviceLost, Finding, Sink

AGAIN_US: Final = 5 * US_PER_S
"""How soon a reader that was refused is tried again."""
STATUS_US: Final = 10 * US_PER_S
"""How often tamper, power and inputs are asked for: readers tell of changes by themselves, but may lose one with its frame."""
STALE_US: Final = 5 * US_PER_S
"""A card that waited in a reader while nobody listened for so long is no longer in front of it."""
STALE_MAX: Final = 32
REJOINS_MAX: Final = 5
"""So often in a row a session is begun anew and lost at once; then the reader counts as lost."""
STEP_S: Final = 0.05


class Running:
    """See `run`."""

    def __init__(
        self,
        line: Line,
        options: OsdpOptions,
        key: bytes,
        desk: Desk,
        sink: Sink,
        stop: Event,
        clock: Clock,
        random: Random,
    ) -> None:
        self._options = options
        self._key = key
        self._desk = desk
        self._sink = sink
        self._stop = stop
        self._clock = clock
        self._random = random
        self._session = Session(options.address, crc=not options.checksum)
        self._ask = Asking(line, self._session, options.timeout_ms / 1000, sink.finding, stop)
        self._content = Content(options)
        self._up = False
        self._told: ReaderChannel | None = None
        self._heard_us: int | None = None
        self._status_us = 0
        self._reset_outputs = True
        self._polls = 0
        self._asks = [LSTAT, ISTAT] if options.inputs else [LSTAT]

    def run(self) -> None:
        """Until `stop`. Raises DeviceLost when the reader no longer answers."""
        lost = 0
        while not self._stop.is_set():
            try:
                refusal = self._join()
            except NoAnswer as error:
                if self._stop.is_set():
                    return
                raise DeviceLost(str(error)) from error
            if refusal:
                self._wait_refused()
                continue
            try:
                self._begin()
                self._poll()
            except NoAnswer as error:
                lost = lost + 1 if self._polls < REJOINS_MAX else 1
                if str(error) == "downgrade":
                    self._tell("refused", "downgrade")
                if lost > REJOINS_MAX:
                    raise DeviceLost(str(error)) from error

    # Joining

    def _join(self) -> str:
        """Begin a session. Returns why the reader is not listened to, or empty. Raises NoAnswer."""
        self._polls = 0
        self._session.restart()
        identity = identify(self._ask)
        if not self._up:
            self._sink.up()
            self._up = True
        if not self._key:
            self._tell("plain", "settings")
            return ""
        wrong = open_channel(self._session, self._ask, self._key, KEY_OWN, identity, self._random)
        if wrong == "wrong_key" and has_default_key(self._session, self._ask, self._random):
            wrong = "default_key"
        if wrong and self._desk.installing:
            self._tell("install", "command")
            return self._install() if wrong == "default_key" else wrong
        if wrong:
            self._tell("refused", wrong)
            return wrong
        self._desk.close_install()
        self._tell("secure")
        return ""

    def _install(self) -> str:
        """Give the reader its key; it has to show it then, as at any other start."""
        wrong = give_key(self._session, self._ask, self._key, self._random)
        self._session.restart()
        if not wrong:
            wrong = open_channel(self._session, self._ask, self._key, KEY_OWN, identify(self._ask), self._random)
        if wrong:
            return wrong  # and is tried again until the time is over: somebody may be resetting it
        self._desk.close_install()
        self._tell("secure", "key_set")
        return ""

    def _wait_refused(self) -> None:
        """Nothing is done at a reader that is not believed. A command to install ends the wait."""
        installing = self._desk.installing
        until_us = self._clock.mono_us() + AGAIN_US
        while self._clock.mono_us() < until_us and not self._stop.wait(STEP_S):
            self._desk.refuse("the reader is refused")
            if self._desk.installing and not installing:
                return

    def _tell(self, state: ReaderState, reason: str = "") -> None:
        told = ReaderChannel(state, reason)
        if told != self._told:
            self._told = told
            self._sink.reading(told)

    # Polling

    def _begin(self) -> None:
        """What is done before anything counts: outputs off, old cards thrown away, the state of contacts asked for."""
        if self._reset_outputs:
            for output in self._options.outputs:
                self._confirmed(output_off(output.number))
            self._reset_outputs = False
        now_us = self._clock.mono_us()
        if self._heard_us is None or now_us - self._heard_us > STALE_US:
            self._drop_stale()
        self._status_us = 0

    def _drop_stale(self) -> None:
        for _ in range(STALE_MAX):
            reply = self._ask(POLL)
            if reply.code == ACK:
                return
            kept, dropped = [], 0
            for one in self._content.take(reply.code, reply.data, self._clock.mono_us()):
                if isinstance(one, Said) and isinstance(one.reading, CardRead | CodeRead):
                    dropped += 1
                else:
                    kept.append(one)
            self._say(kept)
            if dropped:
                self._sink.finding(Finding("stale_card", 0, b""))

    def _poll(self) -> None:
        poll_us = self._options.poll_ms * US_PER_MS
        while not self._stop.is_set():
            began_us = self._clock.mono_us()
            job = self._desk.next()
            if job is not None:
                self._carry_out(job)
            self._take(self._ask(POLL))
            if began_us >= self._status_us:
                self._status_us = began_us + STATUS_US
                self._ask_status()
            self._say(self._content.waited(self._clock.mono_us()))
            self._heard_us = self._clock.mono_us()
            self._sink.alive()
            self._polls += 1
            left_us = began_us + poll_us - self._clock.mono_us()
            if left_us > 0:
                self._stop.wait(left_us / US_PER_S)

    def _ask_status(self) -> None:
        for code in tuple(self._asks):
            reply = self._ask(code)
            self._take(reply)
            if reply.code == NAK:
                self._asks.remove(code)  # it knows no such thing

    def _take(self, reply: Reply) -> None:
        self._say(self._content.take(reply.code, reply.data, self._clock.mono_us()))

    def _say(self, items: list[Said | Finding]) -> None:
        for one in items:
            if isinstance(one, Finding):
                self._sink.finding(one)
            else:
                self._sink.reading(one.reading, device=one.device)

    def _carry_out(self, job: Job) -> None:
        fault = "the reader did not confirm"
        try:
            fault = next((one for command in job.commands if (one := self._confirmed(command))), "")
        finally:
            job.finish(fault)

    def _confirmed(self, command: Command) -> str:
        """Why the reader did not do it; empty: it did. What it tells along with its answer counts as from a poll."""
        reply = self._ask(command.code, command.data)
        self._take(reply)
        return "the reader refused" if reply.code == NAK else ""
