"""The other end of a push over HTTP: a device that dials in and waits for its answer, as real ones do."""

from typing import NamedTuple

from drivers.transports.dial import Dialler, NotAnswered

TRIES = 4
ANSWER_S = 10.0


class Answer(NamedTuple):
    """What a push was answered. `status` 0: nothing came."""

    status: int
    body: bytes = b""


class HttpTwin:
    """A device that pushes over `line`. What is not answered with success is pushed again, TRIES times in all."""

    def __init__(self, line: Dialler, path: str = "/", *, answer_s: float = ANSWER_S) -> None:
        self.line = line
        self.path = path
        self._answer_s = answer_s

    def push(self, body: bytes, content_type: str = "application/json", *, tries: int = TRIES) -> Answer:
        """Push until it is taken."""
        answer = Answer(0)
        for _ in range(tries):
            answer = self.ask(self.request(body, content_type))
            if answer.status == 200:
                break
        return answer

    def request(self, body: bytes, content_type: str = "application/json") -> bytes:
        """The request as it goes over the wire."""
        head = f"POST {self.path} HTTP/1.1\r\nHost: hub\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def ask(self, request: bytes) -> Answer:
        """Any bytes, and what comes back."""
        try:
            self.line.say(request)
            answer = self.line.answer(answer_size, self._answer_s)
        except NotAnswered:
            return Answer(0)
        head, _, body = answer.partition(b"\r\n\r\n")
        return Answer(int(head[9:12]), body)


def answer_size(data: bytes) -> int:
    """How long the answer is that `data` begins with; 0: more is needed."""
    head, cut, _ = data.partition(b"\r\n\r\n")
    if not cut:
        return 0
    sizes = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    size = len(head) + len(cut) + (int(sizes[0]) if sizes else 0)
    return size if len(data) >= size else 0
