"""A reader's part of a device's settings."""

from pathlib import Path
from typing import Annotated

import msgspec

from drivers.contacts_modbus.decode import NAMED_ROLES, Input, Output
from drivers.osdp.frames import ADDRESS_MAX
from drivers.wiegand.formats import choose

INPUTS_MAX = 16
OUTPUTS_MAX = 16
PIN_DIGITS_MAX = 12


class OsdpOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One reader. `address`: its number on the line. `key_file`: the file with its own key; a reader with `secure: false` has
    none, and what it says may come from anybody on the line. `checksum`: it knows no CRC.

    `strong_cards`: it takes only cards that cannot be copied, and says nothing of others. `formats`: Wiegand formats other than
    the default of their lengths. `pin_digits`: how long a PIN is; 0: it ends with #. `pin_timeout_s`: how long a PIN may wait for
    its next digit. `inputs` and `outputs`: what is wired to the reader."""

    address: Annotated[int, msgspec.Meta(ge=0, le=ADDRESS_MAX)] = 0
    key_file: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    secure: bool = True
    checksum: bool = False
    strong_cards: bool = False
    formats: tuple[str, ...] = ()
    pin_digits: Annotated[int, msgspec.Meta(ge=0, le=PIN_DIGITS_MAX)] = 0
    pin_timeout_s: Annotated[float, msgspec.Meta(ge=1, le=60)] = 5.0
    inputs: Annotated[tuple[Input, ...], msgspec.Meta(max_length=INPUTS_MAX)] = ()
    outputs: Annotated[tuple[Output, ...], msgspec.Meta(max_length=OUTPUTS_MAX)] = ()
    poll_ms: Annotated[int, msgspec.Meta(ge=20, le=1_000)] = 50
    timeout_ms: Annotated[int, msgspec.Meta(ge=50, le=500)] = 200

    def __post_init__(self) -> None:
        choose(self.formats)
        if self.key_file and not self.secure:
            raise ValueError("key_file and secure false: leave one of them out")
        if self.key_file and not Path(self.key_file).is_absolute():
            raise ValueError("key_file is not a whole path: write it from / on")
        if self.strong_cards and not self.secure:
            raise ValueError("strong_cards and secure false: what a plain line says of a card may be said by anybody")
        self._check_wires()

    def _check_wires(self) -> None:
        if any(one.role == "fire" for one in self.inputs):
            raise ValueError("a reader's input has the role fire: wire the fire panel to a board of its own")
        zones = [(one.role, one.device, one.name) for one in self.inputs if one.role in NAMED_ROLES]
        if len(set(zones)) != len(zones):
            raise ValueError("two alarm inputs have one name: they would count as one, so give each of them its own")
        for what, numbers in (("inputs", [one.number for one in self.inputs]), ("outputs", [one.number for one in self.outputs])):
            if len(set(numbers)) != len(numbers):
                raise ValueError(f"two {what} have one number: name each of them once")
        names = [name for one in self.outputs for name in one.names]
        if len(set(names)) != len(names):
            raise ValueError("two outputs have one name or device: give each of them its own")
