"""Guards' phones: they call for help, work alone and see things, and report it to the hub's API as a phone does."""

import json
from hashlib import blake2b
from threading import Lock
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from contract.clock import US_PER_MS, Clock, rfc3339
from watchkeeper.demo.estate import NAMES
from watchkeeper.demo.life import Stage
from watchkeeper.demo.record import LONG, SHORT, Lasted

SILENT_S = 5.0
"""After so long without a sign the phone wants somebody to look."""
PAUSE_S = 0.5
_ANSWER_S, _TRIES = 15.0, 8
_US_PER_S = 1_000_000


class Phone:
    """A phone of the estate, carried by `person`, who binds it by `token` before the first report. All that it says has a name of
    its own, under which it is said again until it is answered. Any thread may call it."""

    def __init__(self, phone: str, person: str, url: str, token: str, clock: Clock, boot: str) -> None:
        self.phone, self.person = phone, person
        self._url, self._clock, self._boot = url, clock, boot
        self._signed_in, self._bound = token, ""
        self._lock = Lock()
        self._said = 0
        self._last: dict[str, Any] = {}

    def say(self, stage: Stage, kind: str, **more: Any) -> int:
        """Report it, and wait for the answer. Returns when it was made. Raises Curtain, RuntimeError where the hub does not take
        it."""
        with self._lock:
            self._said += 1
            at_us = self._clock.now_us()
            mono_ms = self._clock.mono_us() // US_PER_MS
            key = blake2b(f"{self._boot}-{self._said}".encode(), digest_size=16).hexdigest()
            made = {"key": key, "seq": self._said, "made_at": rfc3339(at_us), "mono_ms": mono_ms}
            self._last = made | {"kind": kind} | more
            self._report(stage)
        return at_us

    def say_again(self, stage: Stage) -> None:
        """The last report once more, as when its answer was lost."""
        with self._lock:
            self._report(stage)

    def _report(self, stage: Stage) -> None:
        for _ in range(_TRIES):
            sent = {"sent_at": rfc3339(self._clock.now_us()), "sent_mono_ms": self._clock.mono_us() // US_PER_MS}
            outcome = self._bind() or self._post("/phone/outbox", {"boot": self._boot, "entries": [self._last]} | sent)
            if outcome in ("accepted", "duplicate"):
                return
            stage.rest(PAUSE_S)
        raise RuntimeError(f"the hub did not take what {self.phone} has reported: {outcome}")

    def _bind(self) -> str:
        """Once. Why it could not, or nothing."""
        if self._bound:
            return ""
        found = self._ask(f"/phones/{self.phone}/bind", {}, self._signed_in)
        if isinstance(found, str):
            return found
        self._bound = str(found["token"])
        return ""

    def _post(self, path: str, body: dict[str, Any]) -> str:
        found = self._ask(path, body, self._bound)
        return found if isinstance(found, str) else str(found["entries"][0]["outcome"])

    def _ask(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any] | str:
        """The answer, or why there is none."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        asked = Request(f"{self._url}{path}", data=json.dumps(body).encode(), headers=headers)  # noqa: S310 - the hub's own address
        try:
            with urlopen(asked, timeout=_ANSWER_S) as reply:  # noqa: S310 - as above
                found: dict[str, Any] = json.load(reply)
                return found
        except HTTPError as error:
            error.close()
            return f"HTTP {error.code}"
        except (URLError, OSError) as error:
            return str(error)


def calls_for_help(phone: Phone, stage: Stage) -> None:
    """The guard presses the button, twice in fear, and takes it back when help has come: one emergency."""
    zh, en = NAMES[phone.person]
    stage.tell(f"{zh}紧急求助", f"{en} calls for help")
    begin_us = phone.say(stage, "panic", note="有人闹事")
    stage.rest(PAUSE_S)
    phone.say(stage, "panic", note="有人闹事")
    stage.record.harmless("panic")
    stage.rest(1.0)
    phone.say(stage, "panic", active=False)
    stage.lasted("panic", phone.phone, begin_us, 0.0)


def works_alone(phone: Phone, stage: Stage, seconds: float) -> None:
    """A guard goes into the substation alone, and gives no sign for a while."""
    zh, en = NAMES[phone.person]
    stage.tell(f"{zh}单人作业，{seconds:.1f} 秒无动静", f"{en} works alone and gives no sign for {seconds:.1f} s")
    begin_us = phone.say(stage, "lone_watch", on=True, silent_s=SILENT_S)
    stage.rest(seconds - stage.since_s(begin_us))
    if (SHORT - 0.1) * SILENT_S < stage.since_s(begin_us) < (LONG + 0.1) * SILENT_S:
        stage.rest((LONG + 0.1) * SILENT_S - stage.since_s(begin_us))
    end_us = phone.say(stage, "sign", moved=True, answered=True)
    stage.record.lasted(Lasted("guard_silent", phone.phone, begin_us, end_us, int(SILENT_S * _US_PER_S)))
    phone.say(stage, "lone_watch", on=False)


def sees_something(phone: Phone, stage: Stage) -> None:
    """A lamp is out. The answer is lost on the way, and the phone reports it again: one observation."""
    zh, en = NAMES[phone.person]
    stage.tell(f"{zh}上报：楼道灯不亮", f"{en} reports a lamp that is out")
    at_us = phone.say(stage, "observation", category="light", note="楼道灯不亮", severity=1, place="roof")
    stage.lasted("observation", phone.phone, at_us, 0.0)
    phone.say_again(stage)
    stage.record.harmless("observation")
