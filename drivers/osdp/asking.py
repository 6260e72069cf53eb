"""One reader on a line, asked patiently but not for ever."""

from collections.abc import Callable
from threading import Event
from typing import Final

from drivers.osdp.codes import BUSY, NAK, NAKS
from drivers.osdp.line import Line
from drivers.osdp.session import Reply, Session
from drivers.port import MAX_EXAMPLE_BYTES, Finding

TRIES: Final = 3
BUSY_MAX: Final = 40
BUSY_S: Final = 0.05
"""How often, and how soon, a reader that has no time is asked again: for two seconds in all."""


class NoAnswer(Exception):
    """The reader did not answer, or no longer knows the channel. The message is a name: `timeout`, `busy`, `channel_lost`,
    `downgrade`, or what was heard instead."""


class Asking:
    """Puts questions and brings answers. `report` gets what was heard and not understood. Once `stop` is set nothing is asked
    twice, so that a silent reader does not hold up those who want to leave."""

    def __init__(self, line: Line, session: Session, timeout_s: float, report: Callable[[Finding], None], stop: Event) -> None:
        self._line = line
        self._session = session
        self._timeout_s = timeout_s
        self._report = report
        self._stop = stop

    def __call__(self, code: int, data: bytes = b"", block: bytes = b"") -> Reply:
        """The answer to one question. Raises NoAnswer and DeviceLost."""
        question = self._session.question(code, data, block)
        silent, busy, reason = 0, 0, "timeout"
        while silent < TRIES and busy < BUSY_MAX:
            heard = self._line.ask(question, self._session.answer, self._timeout_s)
            for finding in heard.findings:
                self._report(finding._replace(data=finding.data[:MAX_EXAMPLE_BYTES]))
            if heard.reply is None:
                silent += 1
                spoke = any(finding.reason == "not_secure" for finding in heard.findings)
                reason = "downgrade" if spoke or reason == "downgrade" else "timeout"
            elif heard.reply.code == BUSY:
                busy += 1
                reason = "busy"
                self._stop.wait(BUSY_S)
            else:
                return self._checked(heard.reply)
            if self._stop.is_set():
                break
        raise NoAnswer(reason)

    def _checked(self, reply: Reply) -> Reply:
        """In an open channel a plain answer can only be one that says that there is none."""
        if self._session.channel is not None and not reply.proven:
            self._report(Finding("channel_lost", 0, reply.data[:MAX_EXAMPLE_BYTES]))
            raise NoAnswer("channel_lost")
        if reply.code == NAK:
            self._report(Finding("nak_" + NAKS.get(reply.data[0] if reply.data else 0, "unknown"), 0, reply.data[:1]))
        return reply
