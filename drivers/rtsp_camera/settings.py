"""What an installer may set for a camera."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The camera's part of a device's settings. Luma is 0 (black) to 255 (white)."""

    dark_below: Annotated[float, Meta(ge=0, le=255)] = 20.0
    """A picture whose mean luma is under this may be dark."""
    dark_spread: Annotated[float, Meta(ge=0, le=128)] = 12.0
    """A picture with a larger standard deviation of luma shows something (a lamp at night) and is not dark."""
    frozen_below: Annotated[float, Meta(ge=0, le=10)] = 0.05
    """Two pictures whose mean luma difference is under this are the same picture. A live sensor's noise is above 0.1."""
    frozen_after_s: Annotated[float, Meta(ge=1, le=600)] = 5.0
    """How long the picture must stay the same to be called frozen."""
    open_timeout_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    """How long the camera has to answer and to send its first picture."""
    silence_timeout_s: Annotated[float, Meta(ge=1, le=60)] = 5.0
    """How long an open stream may be silent before it is called lost."""
