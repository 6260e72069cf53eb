"""A pass as a QR code: made when it is asked for, kept nowhere."""

import io

import segno

BORDER = 4
SCALE = 8
ERROR = "m"


def svg(text: str) -> bytes:
    """The code as an SVG image, black on white."""
    out = io.BytesIO()
    segno.make_qr(text, error=ERROR).save(out, kind="svg", border=BORDER, scale=SCALE, light="#fff")
    return out.getvalue()


def png(text: str) -> bytes:
    """The code as a PNG image, black on white."""
    out = io.BytesIO()
    segno.make_qr(text, error=ERROR).save(out, kind="png", border=BORDER, scale=SCALE, light="#fff")
    return out.getvalue()
