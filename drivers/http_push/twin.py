"""Any device that pushes over HTTP: JSON, a form, a query, XML, or parts with a picture."""

from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import msgspec

from drivers.http.twin import HttpTwin

BOUNDARY = "twin-boundary"


class HttpPushTwin(HttpTwin):
    """Each call returns whether the push was taken."""

    def json(self, record: object) -> bool:
        """An object or a list as JSON."""
        return self.push(msgspec.json.encode(record)).status == 200

    def form(self, charset: str = "utf-8", **fields: str) -> bool:
        """A form, as pages send it."""
        body = urlencode(fields, encoding=charset).encode()
        return self.push(body, f"application/x-www-form-urlencoded; charset={charset}").status == 200

    def query(self, **fields: str) -> bool:
        """All in the URL, and no body."""
        request = f"GET {self.path}?{urlencode(fields)} HTTP/1.1\r\nHost: hub\r\n\r\n".encode()
        return self.ask(request).status == 200

    def xml(self, root: str, charset: str = "utf-8", **fields: str) -> bool:
        """An XML document with one child for each field."""
        children = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        text = f'<?xml version="1.0" encoding="{charset}"?>\n<{root}>{children}</{root}>'
        return self.push(text.encode(charset), "application/xml").status == 200

    def parts(self, jpeg: bytes, **fields: Any) -> bool:
        """A form of parts: a field's text or JSON each, and a picture named `picture`."""
        pieces: list[bytes] = []
        for name, value in fields.items():
            content = value.encode() if isinstance(value, str) else msgspec.json.encode(value)
            pieces.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n'
        head += "Content-Type: image/jpeg\r\n\r\n"
        body = b"".join(pieces) + head.encode() + jpeg + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self.push(body, f"multipart/form-data; boundary={BOUNDARY}").status == 200
