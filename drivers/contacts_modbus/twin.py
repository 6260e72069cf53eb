"""The other end of an input board's wire."""

import struct

from drivers.contacts_modbus.decode import FORMATS, ContactsOptions, Input, Meter
from drivers.modbus.slave import Slave


class ContactsTwin:
    """A board as `options` describe it, in the installer's words. Put its `slave` on a `SlaveLine`, alone or with others'."""

    def __init__(self, options: ContactsOptions) -> None:
        self._inputs = {one.name or str(one.number): one for one in options.inputs}
        self._outputs = {one.name or one.device or str(one.number): one for one in options.outputs}
        self.unlocks: dict[str, int] = dict.fromkeys(self._outputs, 0)
        """How often each lock was unlocked, by name, or by its door or number where it has none."""
        self._meters = {one.quantity: one for one in options.meters}
        self.slave = Slave(
            options.unit,
            coils=max((one.number + 1 for one in options.outputs), default=8),
            inputs=max((one.number + 1 for one in options.inputs), default=8),
            registers=max((one.register + 2 for one in options.meters), default=8),
        )
        self.slave.on_coil = self._relay
        for one in options.inputs:
            self._set(one, False)

    def activate(self, name: str) -> None:
        """Open the door, press the button, trip the zone: the input `name`, or its number where it has none."""
        self._set(self._input(name), True)

    def calm(self, name: str) -> None:
        """The opposite of `activate`."""
        self._set(self._input(name), False)

    def is_unlocked(self, name: str) -> bool:
        """Whether somebody could go through the door whose lock is `name`, as in `unlocks`."""
        return self.slave.coil(self._outputs[name].number)

    def measure(self, quantity: str, value: float) -> None:
        """Let the meter of `quantity` show `value`, as near as its format can. Raises ValueError when it cannot at all."""
        meter = self._meters[quantity]
        raw = (value - meter.offset) / meter.scale
        try:
            data = struct.pack(FORMATS[meter.format], raw if meter.format == "float32" else round(raw))
        except (struct.error, OverflowError) as error:
            raise ValueError(f"{value} does not fit {meter.format} of {quantity}: {error}") from error
        self._write(meter, data)

    def _relay(self, number: int, on: bool) -> None:
        for name, one in self._outputs.items():
            if one.number == number and on:
                self.unlocks[name] += 1

    def _write(self, meter: Meter, data: bytes) -> None:
        words = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
        with self.slave.lock:  # both halves of a value change at once
            for at, word in enumerate(reversed(words) if meter.low_word_first else words):
                self.slave.set_register(meter.register + at, word, holding=meter.kind == "holding")

    def _input(self, name: str) -> Input:
        if name not in self._inputs:
            raise ValueError(f"the board has no input {name!r}: its inputs are {', '.join(self._inputs)}")
        return self._inputs[name]

    def _set(self, one: Input, active: bool) -> None:
        self.slave.set_input(one.number, active != one.normally_closed)
