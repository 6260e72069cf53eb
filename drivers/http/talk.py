"""One connection of a device that pushes over HTTP. A driver says only what a request means: a `Meaning`."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from drivers.http.callers import Caller, Callers
from drivers.http.requests import Bad, Reply, Request, Requests, Room
from drivers.port import MAX_EXAMPLE_BYTES, Finding
from drivers.talk import Said, Step

METHODS = ("POST", "PUT", "GET")
IDLE_S = 15.0
"""After so much silence in the middle of a request the connection is ended. Between two it may last for as long as it likes."""


class Taken(NamedTuple):
    """What a request comes to. `reasons`: the names of what is wrong with it, or with a part of it. `reply` is sent when all
    that is `said` is in the log. `heard`: it is a word of the device's, if only of the kind that means nothing to us.
    `done` is called when all of it is in the log, so that what is told again may be known."""

    said: tuple[Said, ...] = ()
    reasons: tuple[str, ...] = ()
    reply: Reply = Reply()
    heard: bool = True
    done: Callable[[], None] | None = None


Meaning = Callable[[Request, Caller, int], Taken]
"""What a request of this caller means, at this time of the agent's. Never raises on bad bytes. It is answered whatever it says: a
device that gets no good answer says the same for ever, and what comes after it waits."""


class HttpTalk:
    """See `drivers.talk.Talk`. Findings of its own: those of `Requests` (`bad_http`, `too_long`, `head_too_long`, `slow`,
    `truncated`, `no_room`) and of `Callers` (`unknown_path`, `wrong_password`), and `bad_method`. A finding stands where the
    request begins. Pipelined requests are answered one by one, in order."""

    def __init__(self, callers: Callers, meaning: Meaning, room: Room) -> None:
        self._callers = callers
        self._meaning = meaning
        self._requests = Requests(room)

    def hear(self, data: bytes, now_us: int, *, end: bool = False) -> Iterator[Step]:
        """See `Talk.hear`."""
        for one in self._requests.hear(data, now_us, end=end):
            if isinstance(one, bytes):
                yield Step(answer=one)
            elif isinstance(one, Bad):
                yield Step(findings=(Finding(one.reason, one.offset, one.start),), answer=one.answer, close=True)
            else:
                taken, step = self._step(one, now_us)
                yield step
                if taken.done is not None:
                    taken.done()

    def _step(self, request: Request, now_us: int) -> tuple[Taken, Step]:
        met = self._callers.meet(request, now_us)
        if met.caller is None:
            reply = met.reply or Reply(404)
            taken = Taken(reasons=(met.reason,) if met.reason else (), reply=reply, heard=False)
        elif request.method not in METHODS:
            taken = Taken(reasons=("bad_method",), reply=Reply(405, headers=(("Allow", ", ".join(METHODS)),)), heard=False)
        else:
            taken = self._meaning(request, met.caller, now_us)
        answer, close = self._requests.answered(taken.reply)
        device = met.caller.device if met.caller else None
        said = tuple(one if one.device is not None else one._replace(device=device) for one in taken.said)
        findings = tuple(Finding(reason, request.offset, request.start[:MAX_EXAMPLE_BYTES]) for reason in taken.reasons)
        return taken, Step(said, findings, answer, taken.heard, device, close)
