"""What tests of devices that push share: a small picture, requests, and a driver that is pushed to."""

import base64

from drivers.http.twin import answer_size
from tests.support.dial_rig import Answering

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/"
    "wAALCAAQABgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEI"
    "I0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ip"
    "qrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/ACiiiiiv/9k="
)
"""24 by 16 grey pixels."""


def post(body, path="/", **headers):
    """A request as it goes over the wire."""
    head = {"Host": "hub", "Content-Type": "application/json", "Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Pushed(Answering):
    """A driver at a free port, and what is pushed to it."""

    def push(self, data, line=None, timeout_s=5.0):
        """Send a request, and return its answer's status and body."""
        line = line or self.line()
        line.say(data)
        answer = line.answer(answer_size, timeout_s)
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head[9:12]), body
